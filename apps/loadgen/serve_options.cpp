#include "common_options.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

using enum value_shape;
using enum availability;

constexpr std::array server_rows{
    option_row{.name = "port",
               .placeholder = "P",
               .help = "port to listen on; 0: a free one, which the first line of output names",
               .fallback = "8000",
               .shape = number},
    option_row{.name = "bind", .placeholder = "ADDRESS", .help = "address to listen on", .fallback = "127.0.0.1"},
    option_row{.name = "model", .placeholder = "NAME", .help = "the model it says it serves", .fallback = "reference"},
    option_row{.name = "truth", .placeholder = "FILE", .help = "write the true times of every answer there"},
    option_row{.name = "transcript",
               .placeholder = "FILE",
               .help = "write the body of every completion request and the text of its answer there"},
    option_row{.name = "tls-cert",
               .placeholder = "FILE",
               .help = "PEM certificate, its issuers behind it: serve https; needs --tls-key"},
    option_row{.name = "tls-key", .placeholder = "FILE", .help = "its PEM key, without a passphrase"},
};

constexpr std::array token_rows{
    option_row{.name = "tokenize",
               .placeholder = "vllm|sglang|llamacpp|none",
               .help = "whose POST /tokenize it has; a token is a word between white space",
               .fallback = "vllm",
               .shape = choice},
    option_row{.name = "chat-overhead",
               .placeholder = "N",
               .help = "tokens that a chat's prompt has beside its words, as of a chat template",
               .fallback = "0",
               .shape = number},
    option_row{.name = "prefix-cache",
               .placeholder = "N",
               .help = "tell of cached tokens, as with a prefix cache of blocks of N tokens; it saves no time; 0: none",
               .fallback = "0",
               .shape = number},
};

constexpr std::array pace_rows{
    option_row{
        .name = "ttft", .placeholder = "T", .help = "from a request's arrival to its first token", .fallback = "50ms"},
    option_row{.name = "itl",
               .placeholder = "T|DISTRIBUTION",
               .help = "gap between tokens: 10ms, normal(10ms,0.3), lognormal(10ms,0.5) with mean and coefficient of "
                       "variation, or exponential(10ms); 0s: as fast as they can be written",
               .fallback = "10ms"},
    option_row{.name = "tokens",
               .placeholder = "N",
               .help = "length of an answer; a request's max_tokens overrides it",
               .fallback = "100",
               .shape = number},
    option_row{
        .name = "tokens-per-chunk", .placeholder = "N", .help = "tokens in one event of the stream", .fallback = "1"},
    option_row{.name = "role-chunk",
               .placeholder = "on|off",
               .help = "begin chat answers with an event that names only the role",
               .fallback = "on",
               .shape = choice},
    option_row{.name = "distinct-answers",
               .help =
                   "number an answer's tokens from a number drawn from what was asked, so that answers to different "
                   "requests differ",
               .fallback = "false",
               .shape = toggle},
    option_row{.name = "slots",
               .placeholder = "N",
               .help = "requests served at once, the others wait in order; 0: no limit",
               .fallback = "0",
               .shape = number},
    option_row{.name = "seed", .placeholder = "S", .help = "of the drawn gaps", .fallback = "1", .shape = number},
};

constexpr std::array batching_rows{
    option_row{.name = "policy",
               .placeholder = "none|static|dynamic|continuous",
               .help = "serve as a batching front end",
               .fallback = "none",
               .shape = choice,
               .since = later},
    option_row{.name = "runtime",
               .placeholder = "sim|upstream",
               .help = "what the front end stands before",
               .shape = choice,
               .since = later},
    option_row{.name = "max-batch", .placeholder = "N", .help = "largest batch", .shape = number, .since = later},
    option_row{
        .name = "batch-wait-ms", .placeholder = "T", .help = "milliseconds a batch waits to fill", .since = later},
};

constexpr std::array groups{
    option_group{"Server", server_rows},     option_group{"Pace", pace_rows},       option_group{"Tokens", token_rows},
    option_group{"Batching", batching_rows}, option_group{"Settings", common_rows},
};

constexpr option_table table{
    .command = "serve",
    .synopsis = "loadgen serve [options]",
    .summary = "Runs the reference server: OpenAI-compatible streams at a known pace, to test clients against. Serves "
               "/v1/chat/completions, /v1/completions, /v1/models, /tokenize and /health until SIGINT or SIGTERM.",
    .notes = "The first line on standard output says where it listens. Exit codes: 0 stopped by a signal; 2 bad usage, "
             "or the address cannot be used.",
    .groups = groups,
};

} // namespace

const option_table& serve_options() noexcept {
  return table;
}

} // namespace loadgen::cli
