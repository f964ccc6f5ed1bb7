#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace loadgen {
namespace {

using test::temporary_folder;
using words = std::vector<std::string>;

test::process_result call(words arguments, const test::variables& added = {}) {
  arguments.insert(arguments.begin(), LOADGEN_PROGRAM);
  return test::run_process(arguments, added);
}

void expect_refused(const test::process_result& result, const std::string& line) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, line + "\n");
}

// A port of this machine that nobody listens on: connections are refused at once.
constexpr const char* closed_url = "http://127.0.0.1:1";

TEST(command_line, help_is_on_standard_output) {
  for (const words& arguments : {words{"--help"}, words{"run", "--help"}, words{"serve", "--help"},
                                 words{"report", "--help"}, words{"calibrate", "--help"}}) {
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out.substr(0, 15), "usage: loadgen ");
    EXPECT_EQ(result.err, "");
  }
}

TEST(command_line, version_is_that_of_the_project) {
  const auto result = call({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "loadgen " LOADGEN_PROJECT_VERSION "\n");
}

TEST(command_line, without_a_command_the_overview_is_on_standard_error) {
  const auto result = call({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("usage: loadgen COMMAND"), std::string::npos);
}

TEST(command_line, unknown_commands_and_those_of_later_versions_are_refused) {
  expect_refused(call({"rnu"}), "loadgen: 'rnu': no such command; did you mean 'run'?");
  expect_refused(call({"frobnicate"}), "loadgen: 'frobnicate': no such command; --help lists all");
  for (const std::string command : {"bench", "merge"})
    expect_refused(call({command}), "loadgen: " + command + ": not yet in this version");
  expect_refused(call({"dataset", "chek"}), "loadgen: dataset 'chek': no such command; did you mean 'check'?");
}

TEST(command_line, each_bad_setting_is_one_line) {
  const std::string traces = LOADGEN_TEST_DATA "/traces";

  struct refusal {
    words arguments;
    std::string line;
  };

  const refusal refusals[] = {
      {{}, "--url: is required; expected a server such as http://127.0.0.1:8000"},
      {{"--url", closed_url, "--concurrency", "0"},
       "--concurrency: '0' is not valid; expected a whole number from 1 to 4294967295"},
      {{"--url", closed_url, "--timeout", "30"},
       "--timeout: '30' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m"},
      {{"--url", closed_url, "--warmup", "5x"},
       "--warmup: '5x' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m"},
      {{"--url", closed_url, "--endpoint", "tgi", "--ignore-eos"},
       "--ignore-eos: tgi cannot be asked for it; expected chat, completions, llamacpp or sglang as the --endpoint"},
      {{"--url", closed_url, "--shard", "0/2"}, "--shard: not yet in this version"},
      {{"--url", closed_url, "--rate", "2,0"}, "--rate: '0' is not valid; expected a number above 0"},
      {{"--url", closed_url, "--rate", "2", "--concurrency", "3"},
       "--rate: excludes concurrency; expected one of them"},
      {{"--url", closed_url, "--rate", "2", "--arrival", "gamma"},
       "--arrival: 'gamma' is not valid; expected poisson, constant, gamma:CV with a coefficient of variation above 0, "
       "such as gamma:2, or burst:N with a number of requests, such as burst:10"},
      {{"--url", closed_url, "--rate", "1e-9"},
       "--rate: at 1e-09/s, 100 requests take more than 1000 hours; expected a higher rate"},
      {{"--url", closed_url, "--rate", "0.01", "--duration", "1s"},
       "--rate: at 0.01/s, nothing arrives within the --duration; expected a longer one or a higher rate"},
      {{"--url", closed_url, "--stages", "2@30s,8"},
       "--stages: '8' is not valid; expected a stage such as 2@30s, 2..20@1m or 2..20@1m:exponential"},
      {{"--url", closed_url, "--stages", "0@30s"}, "--stages: no stage has a rate above 0; expected at least one"},
      {{"--url", closed_url, "--stages", "0.01@1s"},
       "--stages: nothing arrives within the stages; expected longer ones or higher rates"},
      {{"--url", closed_url, "--stages", "2@30s", "--rate", "2"}, "--stages: excludes rate; expected one of them"},
      {{"--url", closed_url, "--stages", "2@30s", "--concurrency", "2"},
       "--stages: excludes concurrency; expected one of them"},
      {{"--url", closed_url, "--stages", "2@30s", "--duration", "9s"},
       "--duration: excludes stages; expected one of them"},
      {{"--url", closed_url, "--stages", "2@30s", "--requests", "9"},
       "--requests: excludes stages; expected one of them"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--trace-window", "5"},
       "--trace-window: '5' is not valid; expected A..B, such as 10m..15m"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--trace-window", "0..1s"},
       "--trace-window: '0' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--trace-window", "1s.."},
       "--trace: 0 requests in that part of the trace, not at two moments; expected two or more"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--trace-speed", "0"},
       "--trace-speed: is zero; expected a number above it"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--rate", "5"},
       "--trace: excludes rate; expected one of them"},
      {{"--url", closed_url, "--trace", traces + "/mooncake.jsonl", "--arrival", "constant"},
       "--arrival: excludes trace; expected one of them"},
      {{"--url", closed_url, "--trace", traces + "/broken.csv"},
       "--trace: " + traces + "/broken.csv:3: ContextTokens is 'many'; expected a number of tokens from 0 to 10000000"},
      {{"--url", closed_url, "--trace-speed", "2"}, "--trace-speed: is for a trace; expected --trace beside it"},
      {{"--url", closed_url, "--rate", "2", "--stagger", "2s"},
       "--stagger: is for a closed loop; expected --concurrency beside it"},
      {{"--url", closed_url, "--on-cap", "drop"},
       "--on-cap: is for an open loop; expected --rate, --stages or --trace beside it"},
      {{"--url", closed_url, "--rate", "5", "--on-cap", "drop"},
       "--on-cap: has no cap to act at; expected --max-concurrency beside it"},
      {{"--url", closed_url, "--duration", "0s"}, "--duration: is zero; expected a time above it, such as 30s"},
      {{"--url", closed_url, "--duration", "5s", "--requests", "3"},
       "--duration: excludes requests; expected one of them"},
      {{"--url", closed_url, "--threads", "0"}, "--threads: '0' is not valid; expected a whole number from 1 to 1024"},
      {{"--url", closed_url, "--url", "ftp://127.0.0.1"},
       "--url: 'ftp://127.0.0.1' is neither http nor https; expected a base URL such as http://127.0.0.1:8000"},
      {{"--url", "https://127.0.0.1:1", "--ca-file", "/nonexistent/ca.pem"},
       "cannot take certificates from /nonexistent/ca.pem: No such file or directory"},
      {{"--url", closed_url, "--dataset", "synthetic:in=some"},
       "--dataset: 'some' is not a length; expected tokens from 1 to 10000000 such as 512, or uniform(LEAST,MOST), "
       "normal(MEAN,DEVIATION) or lognormal(MEDIAN,SIGMA) with a sigma of at most 5"},
      {{"--url", closed_url, "--prompt", "a", "--prompt-file", "b"},
       "--prompt-file: excludes prompt; expected one of them"},
      {{"--url", closed_url, "--header", "no colon"}, "--header: '(hidden)' is not a header; expected 'Name: value'"},
      {{"--url", closed_url, "--header", "Content-Length: 3"},
       "--header: Content-Length is set by the client itself; expected another header"},
      {{"--url", closed_url, "--extra-body", "[1]"},
       "--extra-body: '[1]' is not a JSON object; expected one such as '{\"top_p\":0.9}'"},
      {{"--url", closed_url, "--api-key-env", "NO_SUCH_KEY"}, "--api-key-env: there is no key in 'NO_SUCH_KEY'"},
      {{"--url", closed_url, "--max-failure-rate", "1.5"},
       "--max-failure-rate: '1.5' is not valid; expected a number from 0 to 1"},
      {{"--url", closed_url, "--slo", "ttft"}, "--slo: 'ttft' is not an objective; expected one such as ttft=500ms"},
      {{"--url", closed_url, "--slo", "ttfb=1s"},
       "--slo: there are no objectives for 'ttfb'; expected ttft, itl, tpot or e2e"},
      {{"--url", closed_url, "--slo", "ttft=500"},
       "--slo: '500' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m"},
      {{"--url", closed_url, "--slo", "itl=0s"}, "--slo: 'itl=0s' can never be met; expected a limit above zero"},
      {{"--url", closed_url, "--slo", "ttft=1s", "--slo", "ttft=2s"},
       "--slo: 'ttft=2s': ttft is given twice; expected one limit"},
      {{"--url", closed_url, "--slo-attainment", "99"},
       "--slo-attainment: '99' is not valid; expected a number from 0 to 1"},
      {{"--url", closed_url, "--gate", "ttft_p99"},
       "--gate: 'ttft_p99' is not a gate; expected NAME OP VALUE with one of <= < >= >, such as 'ttft_p99 <= 500ms'"},
      {{"--url", closed_url, "--gate", "ttft_p99 <= 1s", "--gate", "latency_p99 <= 1s"},
       "--gate: 'latency_p99' is no figure; expected a metric with a statistic, such as ttft_p99, or a rate, such as "
       "output_tokens_per_s"},
      {{"--url", closed_url, "--gate", "ttft_p42 <= 1s"},
       "--gate: 'ttft_p42': ttft has no 'p42'; expected mean, std, min, p50, p90, p95, p99, p99_9 or max"},
      {{"--url", closed_url, "--gate", "ttft_p99 <= 500"},
       "--gate: '500' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m"},
      {{"--url", closed_url, "--gate", "output_tokens_per_s >= 10/s"},
       "--gate: '10/s' is not a rate per second; expected a number without a unit"},
  };
  const temporary_folder folder;
  for (const refusal& bad : refusals) {
    words arguments{"run", "--output", (folder.path() / "results").string()};
    arguments.insert(arguments.end(), bad.arguments.begin(), bad.arguments.end());
    expect_refused(call(arguments), "loadgen: " + bad.line);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << bad.line;
  }
}

TEST(command_line, a_password_in_the_url_is_refused_and_not_shown) {
  const auto result = call({"run", "--url", "http://user:hunter2@127.0.0.1:1"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.find("hunter2"), std::string::npos);
}

TEST(command_line, settings_of_the_environment_are_read) {
  expect_refused(call({"run"}, {{"LOADGEN_URL", closed_url}, {"LOADGEN_REQUESTS", "none"}}),
                 "loadgen: LOADGEN_REQUESTS: 'none' is not valid; expected a whole number of at least 1");
}

TEST(command_line, where_nobody_listens_nothing_is_written) {
  const temporary_folder folder;
  const auto result =
      call({"run", "--url", closed_url, "--output", (folder.path() / "results").string(), "--model", "m"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.substr(0, 9), "loadgen: ");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(command_line, what_is_no_run_folder_is_refused) {
  const temporary_folder folder;
  const auto result = call({"report", folder.path().string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.substr(0, 9), "loadgen: ");
  expect_refused(
      call({"report"}),
      "loadgen: too few arguments; expected loadgen report RUN [RUN2 ... --html FILE|--plots DIR] [options]");
}

TEST(command_line, bad_settings_of_serve_are_one_line) {
  expect_refused(call({"serve", "--port", "65536"}),
                 "loadgen: --port: '65536' is not valid; expected a whole number from 0 to 65535");
  for (const std::string gap : {"10", "normal(10ms)", "exponential(10ms,1)", "lognormal(10ms,0)", "gamma(10ms,1)"})
    expect_refused(call({"serve", "--itl", gap}),
                   "loadgen: --itl: '" + gap +
                       "' is not a gap; expected a duration such as 10ms, normal(10ms,0.3), lognormal(10ms,0.5) or "
                       "exponential(10ms)");
  expect_refused(call({"serve", "--tls-cert", "server.pem"}),
                 "loadgen: --tls-cert: is given without --tls-key; expected both or neither");
  expect_refused(call({"serve", "--tls-key", "server.key"}),
                 "loadgen: --tls-key: is given without --tls-cert; expected both or neither");
  expect_refused(call({"serve", "--tls-cert", "/nonexistent/a", "--tls-key", "/nonexistent/b"}),
                 "loadgen: cannot take a certificate from /nonexistent/a: No such file or directory");
}

TEST(command_line, serve_says_where_it_listens_and_ends_well_on_either_signal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    test::background_process server{{LOADGEN_PROGRAM, "serve", "--port", "0", "--itl", "lognormal(10ms, 0.5)"}};
    EXPECT_EQ(server.read_line().substr(0, 30), "listening on http://127.0.0.1:");
    server.send_signal(signal);
    EXPECT_EQ(server.wait(), 0);
  }
}

} // namespace
} // namespace loadgen
