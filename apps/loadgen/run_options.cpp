#include "common_options.hpp"
#include "dataset_rows.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

using enum value_shape;
using enum availability;

constexpr std::array target_rows{
    option_row{.name = "url",
               .placeholder = "URL",
               .help = "base URL of the server, http or https; a trailing /, /v1 or the full endpoint path mean the "
                       "same, any other path is a prefix (required; given again: further replicas, in turn)",
               .shape = repeated},
    option_row{.name = "ab",
               .placeholder = "URL_A URL_B",
               .help = "compare two servers in one run: each request goes to both, in balanced order; excludes --url",
               .shape = pair},
    option_row{.name = "endpoint",
               .placeholder = "chat|completions|responses|llamacpp|tgi|sglang|generate|auto",
               .help = "the API to speak: OpenAI's, or an engine's own (llama.cpp's /completion, TGI's "
                       "/generate_stream, SGLang's /generate; generate: pieces of text and a summary from /generate); "
                       "auto asks the server by GET and says what it found",
               .fallback = "chat",
               .shape = choice},
    option_row{.name = "model",
               .placeholder = "NAME",
               .help = "model to ask for",
               .fallback_note = "the first of GET /v1/models"},
    option_row{.name = "models",
               .placeholder = "NAME=W[,NAME=W...]",
               .help = "several models instead, or adapters that the server takes for models (vLLM): each request's is "
                       "drawn by weight",
               .shape = list},
    option_row{.name = "lora",
               .placeholder = "NAME=W[,...]",
               .help = "adapters by weight, asked for as lora_path (SGLang); none: the model without one",
               .shape = list},
    option_row{.name = "api-key-env",
               .placeholder = "NAME",
               .help = "environment variable with the API key, sent as Authorization: Bearer KEY"},
    option_row{.name = "api-key-file", .placeholder = "FILE", .help = "file with the API key"},
    option_row{.name = "header",
               .placeholder = "'K: V'",
               .help = "further header of every request; repeatable",
               .shape = repeated},
    option_row{.name = "ca-file",
               .placeholder = "FILE",
               .help = "PEM certificates to trust for https instead of the system's",
               .fallback_note = "the system's"},
    option_row{.name = "insecure",
               .help = "https without looking at certificates; the report warns of it",
               .fallback = "false",
               .shape = toggle},
};

constexpr std::array load_rows{
    option_row{.name = "concurrency",
               .placeholder = "N[,N...]",
               .help = "closed loop: requests in flight at once, or conversations; a list is a sweep",
               .fallback = "1",
               .shape = list},
    option_row{.name = "stagger",
               .placeholder = "T",
               .help = "closed loop: get to that concurrency evenly in this time instead of at once",
               .fallback = "0s"},
    option_row{.name = "requests",
               .placeholder = "N",
               .help = "measured requests of each level; each turn of a conversation is one, and the last conversation "
                       "ends where they do",
               .fallback_note = "100, or 4 x the level's concurrency where that is more; in a search as many as tell",
               .shape = number},
    option_row{.name = "conversations",
               .placeholder = "N",
               .help =
                   "measured conversations of each level, each to its last turn; excludes --requests and --duration",
               .fallback_note = "4 x the level's concurrency, or those that 100 requests take where that is more",
               .shape = number},
    option_row{.name = "warmup",
               .placeholder = "N|DURATION",
               .help = "so many requests, or so long, before each level; in no figure",
               .fallback = "0",
               .shape = number},
    option_row{.name = "rate",
               .placeholder = "R[,R...]",
               .help = "open loop: requests per second, or conversations begun per second; excludes --concurrency",
               .shape = list},
    option_row{.name = "stages",
               .placeholder = "R@T|A..B@T[:exponential][,...]",
               .help = "open loop whose rate changes: R/s for the time T, or from A/s to B/s in it, one stage behind "
                       "the other; excludes --concurrency, --rate, --requests and --duration",
               .shape = list},
    option_row{.name = "arrival",
               .placeholder = "poisson|constant|gamma:CV|burst:N",
               .help = "open loop: how requests are spaced",
               .fallback = "poisson"},
    option_row{.name = "trace",
               .placeholder = "FILE",
               .help =
                   "open loop: requests at the moments of a recorded trace (Mooncake JSONL, Azure or BurstGPT CSV), "
                   "asking for its output lengths; excludes --concurrency, --rate, --stages, --arrival, --requests "
                   "and --duration"},
    option_row{.name = "trace-speed",
               .placeholder = "F",
               .help = "so many times as fast as it was recorded",
               .fallback = "1",
               .shape = number},
    option_row{.name = "trace-window",
               .placeholder = "A..B",
               .help = "only what came from A to B after the trace's begin, such as 10m..15m; either may be left out"},
    option_row{.name = "replay",
               .placeholder = "RUN",
               .help = "open loop: send what the run in that folder sent, made with --record, byte for byte; excludes "
                       "all that says what is sent or when"},
    option_row{.name = "replay-times",
               .placeholder = "recorded|planned",
               .help = "at the moments at which its requests went out, or at those its plan wanted",
               .fallback = "recorded",
               .shape = choice},
    option_row{.name = "max-concurrency",
               .placeholder = "N",
               .help = "open loop: cap on requests in flight, or on conversations under way"},
    option_row{.name = "on-cap",
               .placeholder = "wait|drop",
               .help = "open loop: what a request at the cap does",
               .fallback = "wait",
               .shape = choice},
    option_row{.name = "think-time",
               .placeholder = "T|uniform(A,B)|normal(MEAN,DEV)|lognormal(MEDIAN,SIGMA)|exponential(MEAN)",
               .help =
                   "conversations: from a reply to the next turn, drawn for each, in seconds where it names no unit; "
                   "beats a dataset turn's own",
               .fallback_note = "the turn's own, else none"},
    option_row{.name = "duration", .placeholder = "T", .help = "stop each level after this time instead of a count"},
    option_row{.name = "drain",
               .placeholder = "T",
               .help = "how long requests may finish after --duration",
               .fallback = "30s"},
    option_row{.name = "trials",
               .placeholder = "K",
               .help = "repeat each level so often; the report adds mean and interval over the trials",
               .fallback = "1",
               .shape = number},
    option_row{.name = "settle", .placeholder = "T", .help = "pause between levels and trials", .fallback = "0s"},
    option_row{.name = "find-max",
               .placeholder = "rate|concurrency",
               .help = "search for the highest load at which enough requests meet every --slo; excludes "
                       "--concurrency, --rate, --stages, --trace, --trials, --ab and --bounded; --requests, --duration "
                       "and --warmup are of each step",
               .shape = choice},
    option_row{.name = "search-range",
               .placeholder = "A..B",
               .help = "search between these two loads, beginning with 1 or with the one next to it",
               .fallback_note = "1..1024 in flight, or 0.05..1024/s"},
    option_row{.name = "search-precision",
               .placeholder = "P",
               .help = "search until what fails is so close to what holds, or one request in flight apart",
               .fallback = "5%"},
    option_row{.name = "search-confirmations",
               .placeholder = "N",
               .help = "trials of either end of the interval that the search gives",
               .fallback = "3",
               .shape = number},
    option_row{.name = "search-trials",
               .placeholder = "N",
               .help = "most trials of a load of which chance leaves open whether it holds, each twice as long as the "
                       "one before",
               .fallback = "3",
               .shape = number},
    option_row{.name = "shard", .placeholder = "I/N", .help = "send only this part of the plan", .since = later},
    option_row{.name = "threads", .placeholder = "N", .help = "worker threads", .fallback = "1", .shape = number},
    option_row{
        .name = "seed", .placeholder = "S", .help = "of everything that is drawn", .fallback = "1", .shape = number},
};

constexpr std::array prompt_rows{
    option_row{.name = "dataset",
               .placeholder = "FILE|builtin:NAME|synthetic:SPEC",
               .help = "prompts to send, each once in file order before any repeats: text with one prompt a line, "
                       "JSON, JSONL (with conversations), CSV, ShareGPT or OpenAI batch requests; builtin:default or a "
                       "category of "
                       "it such as builtin:code; or made for the run: synthetic:in=LENGTH,out=LENGTH[,prefix=N,hit=R], "
                       "a LENGTH in tokens being 512, uniform(8,64), normal(512,64) or lognormal(512,0.5), and "
                       "trace=FILE lengths drawn from a trace's",
               .fallback = "builtin:default"},
    option_row{.name = "grid",
               .placeholder = "in=N[,N...] out=N[,N...]",
               .help = "synthetic prompts whose lengths and output budgets vary independently: each pair is a level, "
                       "and the report has a table of them",
               .shape = pair},
    option_row{.name = "calibrate",
               .placeholder = "tokenize|probe|none",
               .help =
                   "how synthetic prompts come to exact lengths: by POST /tokenize where the server has it, also by "
                   "short requests for one token where that cannot tell, or not at all",
               .fallback = "tokenize",
               .shape = choice},
    option_row{.name = "prompt", .placeholder = "TEXT", .help = "send this one prompt instead"},
    option_row{.name = "prompt-file", .placeholder = "FILE", .help = "send this file as one prompt instead"},
    option_row{.name = "conversation-reply",
               .placeholder = "server|scripted",
               .help = "what the next turn of a conversation has as the reply before it: the server's own, or the "
                       "dataset's",
               .fallback = "server",
               .shape = choice},
    option_row{.name = "prompt-salt",
               .placeholder = "none|level|trial",
               .help = "begin each prompt with a short text of its own, so that a prefix cache warmed by one level "
                       "does not flatter the next",
               .fallback_note = "level in sweeps, trial in searches, else none",
               .shape = choice},
    option_row{.name = "max-tokens",
               .placeholder = "N",
               .help = "longest answer to ask for; beats a dataset line's own max_tokens",
               .fallback_note = "the line's own, else 128",
               .shape = number},
    option_row{
        .name = "min-tokens", .placeholder = "N", .help = "shortest answer to ask for (vLLM, SGLang)", .shape = number},
    option_row{
        .name = "stop", .placeholder = "TEXT", .help = "ends an answer where it comes; repeatable", .shape = repeated},
    option_row{.name = "request-seed",
               .placeholder = "N|per-request",
               .help = "seed of the server's sampling, the body's seed: one for all, or one drawn for each request"},
    option_row{.name = "ignore-eos",
               .help = "ask for answers of exactly that length (vLLM, SGLang)",
               .fallback = "false",
               .shape = toggle},
    option_row{
        .name = "temperature", .placeholder = "T", .help = "sampling temperature", .fallback_note = "the server's"},
    option_row{.name = "extra-body",
               .placeholder = "JSON",
               .help = "object merged into every request's body; its keys win",
               .shape = json},
    option_row{
        .name = "no-usage", .help = "do not ask the server for its token counts", .fallback = "false", .shape = toggle},
    option_row{.name = "no-stream",
               .help = "ask for whole answers: they have no TTFT, ITL or TPOT",
               .fallback = "false",
               .shape = toggle},
};

constexpr std::array connection_rows{
    option_row{.name = "timeout", .placeholder = "T", .help = "limit of a whole request", .fallback_note = "none"},
    option_row{.name = "stall-timeout",
               .placeholder = "T",
               .help = "limit of silence between bytes, the wait for the first one included; 0s: none",
               .fallback = "300s"},
    option_row{.name = "connect-timeout",
               .placeholder = "T",
               .help = "limit of opening a connection, TLS included; 0s: none",
               .fallback = "5s"},
    option_row{.name = "connection",
               .placeholder = "reuse|fresh",
               .help = "keep connections between requests, or open one for each",
               .fallback = "reuse",
               .shape = choice},
    option_row{.name = "retries",
               .placeholder = "N",
               .help = "further attempts after a failure; latencies then start at the first",
               .fallback = "0",
               .shape = number},
    option_row{
        .name = "source-address", .placeholder = "A", .help = "local address of the connections", .since = later},
    option_row{.name = "no-kernel-timestamps",
               .help = "for comparison: take the time at which a read returned instead of the kernel's receive stamp",
               .fallback = "false",
               .shape = toggle},
};

constexpr std::array result_rows{
    option_row{
        .name = "output", .placeholder = "DIR", .help = "where the run's folder is made", .fallback = "results/"},
    option_row{.name = "label", .placeholder = "TEXT", .help = "your own name for the run"},
    option_row{.name = "variant",
               .placeholder = "NAME",
               .help =
                   "what the run is of; its raw rows also as DIR/NAME/TIMESTAMP.parquet (needs the Parquet plugin)"},
    option_row{.name = "summary",
               .placeholder = "FILE",
               .help = "the summary JSON also at FILE; -: on standard output, and nothing else goes there"},
    option_row{.name = "bounded",
               .help = "derive the figures from the records one by one, with histograms instead of all samples: memory "
                       "that does not grow with the run, percentiles within 0.1 %; also when it is reported again",
               .fallback = "false",
               .shape = toggle},
    option_row{
        .name = "progress",
        .placeholder = "auto|plain|none",
        .help = "on standard error, while the run goes: a view in place on a terminal and a line every 2 s elsewhere, "
                "lines everywhere, or nothing",
        .fallback = "auto",
        .shape = choice},
    option_row{
        .name = "quiet", .help = "no report on standard output and no progress", .fallback = "false", .shape = toggle},
    option_row{.name = "max-failure-rate",
               .placeholder = "R",
               .help = "exit with 1 where a larger share of any level's requests failed",
               .fallback = "0",
               .shape = number},
    option_row{.name = "slo",
               .placeholder = "NAME=T",
               .help = "objective of a request, such as ttft=500ms: a limit for its ttft, tpot, e2e or the p99 "
                       "of its itl; gives goodput and attainment",
               .shape = repeated},
    option_row{.name = "slo-attainment",
               .placeholder = "R",
               .help = "share of a level's requests that must meet every --slo",
               .fallback = "0.99",
               .shape = number},
    option_row{.name = "gate",
               .placeholder = "'NAME <= V'",
               .help = "exit with 3 where it does not hold in every level and trial, such as 'ttft_p99 <= 500ms' "
                       "or 'output_tokens_per_s >= 900'",
               .shape = repeated},
    option_row{.name = "strict",
               .help = "exit with 3 where the audit's verdict on any level is not ok",
               .fallback = "false",
               .shape = toggle},
    option_row{.name = "calibration",
               .placeholder = "FILE|none",
               .help = "what loadgen calibrate found of this machine: levels beyond it are told",
               .fallback_note = "what it saved, if anything"},
    option_row{.name = "record",
               .help = "keep every byte sent and received in the run's folder, secrets hidden: raw/exchanges.bin",
               .fallback = "false",
               .shape = toggle},
    option_row{.name = "save-text",
               .help = "keep the answers' text in the run's folder: raw/texts.jsonl",
               .fallback = "false",
               .shape = toggle},
};

constexpr std::array dashboard_rows{
    option_row{.name = "metrics-port",
               .placeholder = "P",
               .help =
                   "while the run goes, serve its counts and histograms to Prometheus on 127.0.0.1:P/metrics; 0: on "
                   "a free port, told on standard error",
               .shape = number},
    option_row{.name = "metrics-linger",
               .placeholder = "T",
               .help = "keep that port behind the run until it was scraped once more, at most so long",
               .fallback = "0s"},
    option_row{.name = "pushgateway",
               .placeholder = "URL",
               .help = "push the figures of each level to this Prometheus Pushgateway when it ends"},
    option_row{.name = "pushgateway-auth-env",
               .placeholder = "NAME",
               .help = "environment variable with USER:PASSWORD for it"},
    option_row{.name = "pushgateway-auth-file", .placeholder = "FILE", .help = "file with USER:PASSWORD for it"},
    option_row{.name = "pushgateway-ca-file",
               .placeholder = "FILE",
               .help = "PEM certificates to trust for it",
               .fallback_note = "the system's"},
};

constexpr std::array groups{
    option_group{"Server", target_rows},          option_group{"Load", load_rows},
    option_group{"Requests", prompt_rows},        option_group{"Datasets", dataset_rows},
    option_group{"Connections", connection_rows}, option_group{"Results", result_rows},
    option_group{"Dashboards", dashboard_rows},   option_group{"Settings", common_rows},
};

constexpr option_table table{
    .command = "run",
    .synopsis = "loadgen run --url URL [options]",
    .summary = "Sends a workload at a server and reports the latencies and rates of its streams.",
    .notes = "Exit codes: 0 done; 1 failures exceed --max-failure-rate; 2 bad usage or input, nothing sent or written; "
             "3 a --gate or --strict does not hold; 4 no connection could be opened before the run; 74 a result could "
             "not be written; 130 and 143 "
             "interrupted by SIGINT and SIGTERM, what was measured is saved and marked incomplete. Of several, 130 and "
             "143 come first, then 1, then 3.",
    .groups = groups,
};

} // namespace

const option_table& run_options() noexcept {
  return table;
}

} // namespace loadgen::cli
