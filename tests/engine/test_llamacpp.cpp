// A run against llama.cpp, from scripts/engine to the run package, against what the engine says of the same requests.

#include "integration/reference_run.hpp"

#include <loadgen/metrics/recorded_run.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
using metrics::request_record;

constexpr int requests_per_level = 16;
constexpr std::uint32_t answer_length = 24;

/// The server that scripts/engine starts, stopped at the end of its scope.
class engine {
public:
  engine() {
    const process_result started = run_script({"llamacpp", "--tiny", "--port", "0", "--slots", "4"});
    exit_code = started.exit_code;
    said = started.out + started.err;
    const auto begin = started.out.find("http://127.0.0.1:");
    if (exit_code == 0) url = started.out.substr(begin, started.out.find_first_of(" \n", begin) - begin);
  }

  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  ~engine() {
    if (!url.empty()) static_cast<void>(stop());
  }

  [[nodiscard]] std::string port() const { return url.substr(url.rfind(':') + 1); }

  [[nodiscard]] process_result stop() const { return run_script({"stop", "--port", port()}); }

  int exit_code = -1;
  std::string said;
  std::string url;

  /// Runs the script with the cache that users have: what it downloads is kept there.
  static process_result run_script(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), script);
    variables cache;
    if (const char* const folder = std::getenv("XDG_CACHE_HOME"))
      cache["XDG_CACHE_HOME"] = folder;
    else if (const char* const home = std::getenv("HOME"))
      cache["XDG_CACHE_HOME"] = std::string{home} + "/.cache";
    return run_process(arguments, cache);
  }

  inline static const std::string script = LOADGEN_SOURCE_DIR "/scripts/engine";
  static constexpr int download_failed = 3;
};

/// What the engine's own counter says, by way of Python, which scripts/engine needs anyway.
std::uint64_t tokens_predicted(const engine& server) {
  const process_result got = run_process({"/usr/bin/env", "python3", "-c",
                                          "import sys, urllib.request as r\n"
                                          "open = r.build_opener(r.ProxyHandler({})).open\n"
                                          "print(open(sys.argv[1] + '/metrics').read().decode())",
                                          server.url});
  const std::string name = "\nllamacpp:tokens_predicted_total ";
  const auto at = got.out.find(name);
  if (at == std::string::npos) throw std::runtime_error("no tokens_predicted_total: " + got.err);
  return std::stoull(got.out.substr(at + name.size()));
}

void expect_complete_package(const temporary_folder& results, const fs::path& run) {
  EXPECT_TRUE(fs::exists(results.path() / "index.csv"));
  for (const char* file :
       {"manifest.json", "raw/records.bin", "raw/requests.csv", "summary/summary.json", "summary/summary.csv"})
    EXPECT_GT(fs::file_size(run / file), 0U) << file;
}

void expect_all_completed(const boost::json::object& summary) {
  EXPECT_EQ(summary.at("complete"), true);
  ASSERT_EQ(summary.at("levels").as_array().size(), 2U);
  for (const boost::json::value& level : summary.at("levels").as_array()) {
    EXPECT_EQ(level.at("requests").at("issued").to_number<int>(), requests_per_level);
    EXPECT_EQ(level.at("requests").at("completed").to_number<int>(), requests_per_level);
    EXPECT_EQ(level.at("requests").at("failed").to_number<int>(), 0);
    EXPECT_EQ(level.at("tokens").at("source"), "usage");
    EXPECT_EQ(level.at("tokens").at("output").to_number<int>(), requests_per_level * int{answer_length});
    for (const char* figure : {"prompt_n", "prompt_ms", "predicted_n", "predicted_ms", "cache_n"})
      EXPECT_EQ(level.at("server_reported").at(figure).at("count").to_number<int>(), requests_per_level) << figure;
  }
}

/// What the engine measured of one request, inside, can only be less than what the client saw of it.
void expect_agreement(const request_record& record) {
  const std::map<std::string, double> engine_says{record.server_figures.begin(), record.server_figures.end()};
  ASSERT_TRUE(record.usage.output && record.usage.input && record.sent && record.done && !record.chunks.empty());
  EXPECT_EQ(*record.usage.output, answer_length);
  EXPECT_EQ(engine_says.at("predicted_n"), *record.usage.output);
  EXPECT_EQ(engine_says.at("prompt_n") + engine_says.at("cache_n"), *record.usage.input);
  EXPECT_EQ(record.chunks.size(), answer_length); // each of this model's tokens is one letter or digit
  EXPECT_EQ(record.finish_reason, "length");
  EXPECT_GE(to_ms(record.chunks.front().arrival - *record.sent), engine_says.at("prompt_ms"));
  EXPECT_GE(to_ms(*record.done - *record.sent), engine_says.at("prompt_ms") + engine_says.at("predicted_ms"));
}

TEST(llamacpp, a_run_agrees_with_what_the_engine_says_of_it) {
  const engine server;
  if (server.exit_code == engine::download_failed) GTEST_SKIP() << server.said;
  ASSERT_EQ(server.exit_code, 0) << server.said;

  const temporary_folder results;
  const std::uint64_t predicted_before = tokens_predicted(server);
  const process_result ended =
      run_process(run_command(server.url, results,
                              {"--concurrency", "1,4", "--requests", std::to_string(requests_per_level), "--max-tokens",
                               std::to_string(answer_length), "--quiet"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;

  const fs::path run = run_folder_in(results);
  expect_complete_package(results, run);
  expect_all_completed(summary_of(run));

  const auto recorded = metrics::read_records(run / "raw/records.bin");
  ASSERT_TRUE(recorded.has_value());
  std::uint64_t predicted = 0;
  for (const metrics::recorded_level& level : recorded->levels)
    for (const request_record& record : level.requests) {
      expect_agreement(record);
      predicted += *record.usage.output;
    }
  EXPECT_EQ(predicted, tokens_predicted(server) - predicted_before);
}

// Its tokenizer knows bytes alone: exact lengths take words of one size and a filler.
TEST(llamacpp, synthetic_prompts_have_the_lengths_that_were_asked_for) {
  const engine server;
  if (server.exit_code == engine::download_failed) GTEST_SKIP() << server.said;
  ASSERT_EQ(server.exit_code, 0) << server.said;

  const std::vector<std::vector<std::string>> ways{{"--endpoint", "completions"}, {"--calibrate", "probe"}};
  for (std::vector<std::string> options : ways) {
    const temporary_folder results;
    options.insert(options.end(), {"--dataset", "synthetic:in=uniform(40,400),out=uniform(2,9)", "--ignore-eos",
                                   "--concurrency", "2", "--requests", "12", "--quiet"});
    const process_result ended = run_process(run_command(server.url, results, options));
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    const auto recorded = metrics::read_records(run_folder_in(results) / "raw/records.bin");
    ASSERT_TRUE(recorded.has_value());
    for (const request_record& record : recorded->levels.front().requests) {
      EXPECT_EQ(record.usage.input, record.asked_input);
      EXPECT_EQ(record.usage.output, record.asked_output);
    }
    EXPECT_EQ(recorded->levels.front().requests.size(), 12U);
  }
}

TEST(llamacpp, writes_a_dataset_that_a_run_can_send) {
  const engine server;
  if (server.exit_code == engine::download_failed) GTEST_SKIP() << server.said;
  ASSERT_EQ(server.exit_code, 0) << server.said;

  const temporary_folder folder, results;
  const std::string file = (folder.path() / "written.jsonl").string();
  const process_result written =
      run_process({LOADGEN_PROGRAM, "dataset", "generate", "--url", server.url, "--to", file, "--max-tokens", "24"});
  ASSERT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(run_process({LOADGEN_PROGRAM, "dataset", "check", file}).exit_code, 0);
  const process_result sent = run_process(
      run_command(server.url, results,
                  {"--dataset", file, "--requests", "18", "--max-tokens", "2", "--concurrency", "4", "--quiet"}));
  EXPECT_EQ(sent.exit_code, 0) << sent.err;
  EXPECT_EQ(summary_of(run_folder_in(results)).at("workload").at("dataset").at("entries"), 18);
}

TEST(llamacpp, the_engine_is_started_once_and_stopped_cleanly) {
  const engine server;
  if (server.exit_code == engine::download_failed) GTEST_SKIP() << server.said;
  ASSERT_EQ(server.exit_code, 0) << server.said;

  const std::vector<std::string> again{"llamacpp", "--tiny", "--port", server.port()};
  EXPECT_EQ(engine::run_script(again).out, server.said);

  std::vector<std::string> otherwise = again;
  otherwise.insert(otherwise.end(), {"--slots", "2"});
  EXPECT_EQ(engine::run_script(otherwise).exit_code, 1);

  EXPECT_EQ(server.stop().out, "stopped the server on port " + server.port() + "\n");
  EXPECT_EQ(server.stop().out, "no server was running\n");
}

TEST(engine_script, bad_input_is_one_line_and_exit_code_2) {
  const std::vector<std::vector<std::string>> bad{{"vllm"},
                                                  {"llamacpp", "--port", "70000"},
                                                  {"llamacpp", "--slots", "none"},
                                                  {"llamacpp", "--model", "/nonexistent.gguf"},
                                                  {"llamacpp", "--tiny", "--model", "/nonexistent.gguf"},
                                                  {"llamacpp", "--threads"},
                                                  {"stop", "8080"}};
  for (const std::vector<std::string>& arguments : bad) {
    const process_result ended = engine::run_script(arguments);
    EXPECT_EQ(ended.exit_code, 2) << arguments.back();
    EXPECT_EQ(ended.out, "") << arguments.back();
    EXPECT_EQ(ended.err.rfind("scripts/engine: ", 0), 0U) << ended.err;
    EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
  }
}

} // namespace
} // namespace loadgen::test
