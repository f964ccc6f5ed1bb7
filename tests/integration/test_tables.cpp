// The files that other programs read: Parquet, summaries over runs, other tools' JSON, and the schemas of ours.

#include "reference_run.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <sstream>

namespace loadgen {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::reference_server;
using test::run_command;
using test::run_folder_in;
using test::temporary_folder;
using words = std::vector<std::string>;

const test::variables no_plugin{{"LOADGEN_PLUGIN_DIR", "/nonexistent"}};

words brief_server() {
  return {"--ttft", "5ms", "--itl", "1ms", "--tokens", "5"};
}

words loud(words command) {
  std::erase(command, "--quiet");
  return command;
}

std::size_t lines_of(const fs::path& file) {
  const std::string text = test::text_of(file);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_parquet(const fs::path& file) {
  const std::string bytes = test::text_of(file);
  return bytes.size() > 8 && bytes.starts_with("PAR1") && bytes.ends_with("PAR1");
}

TEST(tables, without_the_plugin_the_report_says_why_there_is_no_parquet) {
  const reference_server server{brief_server()};
  const temporary_folder results;
  const auto ran = test::run_process(loud(run_command(server.url(), results, {"--requests", "2"})), no_plugin);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  constexpr const char* reason = "no Parquet files: the Parquet plugin loadgen-parquet.so is not in /nonexistent";
  EXPECT_NE(ran.out.find(reason), std::string::npos) << ran.out;
  const fs::path run = run_folder_in(results);
  EXPECT_FALSE(fs::exists(run / "raw/requests.parquet"));
  const auto again = test::run_process({LOADGEN_PROGRAM, "report", run.string()}, no_plugin);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.out.find(reason), std::string::npos) << again.out;
}

TEST(tables, a_plugin_that_cannot_be_loaded_costs_the_parquet_files_and_nothing_else) {
  const reference_server server{brief_server()};
  const temporary_folder results, plugins;
  static_cast<void>(plugins.write("loadgen-parquet.so", "no library"));
  const auto ran = test::run_process(loud(run_command(server.url(), results, {"--requests", "2"})),
                                     {{"LOADGEN_PLUGIN_DIR", plugins.path().string()}});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("no Parquet files: the Parquet plugin " + plugins.path().string()), std::string::npos)
      << ran.out;
  EXPECT_TRUE(fs::exists(run_folder_in(results) / "manifest.json"));
}

TEST(tables, a_report_with_the_plugin_adds_the_parquet_files_to_a_run_without_them) {
  if (!fs::exists(LOADGEN_PARQUET_PLUGIN)) GTEST_SKIP() << "built without Arrow: there is no Parquet plugin";
  const reference_server server{brief_server()};
  const temporary_folder results;
  ASSERT_EQ(test::run_process(run_command(server.url(), results, {"--requests", "3"}), no_plugin).exit_code, 0);
  const fs::path run = run_folder_in(results);
  const auto reported = test::run_process({LOADGEN_PROGRAM, "report", run.string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_EQ(reported.out.find("Parquet"), std::string::npos) << reported.out;
  EXPECT_TRUE(is_parquet(run / "raw/requests.parquet"));
  EXPECT_TRUE(is_parquet(run / "raw/tokens.parquet"));
}

TEST(tables, a_variant_has_the_raw_rows_of_its_runs_in_a_folder_of_its_own) {
  if (!fs::exists(LOADGEN_PARQUET_PLUGIN)) GTEST_SKIP() << "built without Arrow: there is no Parquet plugin";
  const reference_server server{brief_server()};
  const temporary_folder results;
  for (int i = 0; i < 2; ++i) {
    const auto ran =
        test::run_process(run_command(server.url(), results, {"--requests", "3", "--variant", "dynamic-8"}));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  words files;
  for (const auto& entry : fs::directory_iterator{results.path() / "dynamic-8"}) files.push_back(entry.path().string());
  ASSERT_EQ(files.size(), 2U);
  for (const std::string& file : files) EXPECT_TRUE(is_parquet(file)) << file;
  for (const auto& entry : fs::directory_iterator{results.path()}) {
    if (!fs::exists(entry.path() / "manifest.json")) continue;
    const std::string rows = test::text_of(entry.path() / "raw/requests.parquet");
    EXPECT_TRUE(
        std::any_of(files.begin(), files.end(), [&](const std::string& file) { return test::text_of(file) == rows; }));
    EXPECT_EQ(json::parse(test::text_of(entry.path() / "manifest.json")).at("variant"), "dynamic-8");
  }
}

TEST(tables, a_variant_that_cannot_be_written_stops_the_run_before_it_begins) {
  const temporary_folder results;
  const auto refused = [&](const std::string& variant, const test::variables& added = {}) {
    // Nobody listens there: what is refused for another reason was refused before anything was sent.
    const auto ran = test::run_process(run_command("http://127.0.0.1:9", results, {"--variant", variant}), added);
    EXPECT_EQ(ran.exit_code, 2) << ran.err;
    EXPECT_TRUE(ran.err.starts_with("loadgen: --variant: ")) << ran.err;
    return ran.err;
  };
  EXPECT_NE(refused("static", no_plugin).find("loadgen-parquet.so is not in /nonexistent"), std::string::npos);
  for (const char* name : {"a/b", "..", ".hidden", "-x", ""}) static_cast<void>(refused(name));
  static_cast<void>(results.write("taken", ""));
  EXPECT_NE(refused("taken").find("is a file"), std::string::npos);
  fs::remove(results.path() / "taken");
  EXPECT_TRUE(fs::is_empty(results.path()));
}

TEST(tables, runs_add_up_in_the_summaries_beside_them) {
  const reference_server server{brief_server()};
  const temporary_folder results;
  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(
        test::run_process(run_command(server.url(), results, {"--requests", "2", "--concurrency", "1,2"})).exit_code,
        0);
  EXPECT_EQ(lines_of(results.path() / "index.csv"), 1U + 2);
  EXPECT_EQ(lines_of(results.path() / "benchmark_summary.csv"), 1U + 2 * 2);
}

class exports : public testing::Test {
protected:
  exports() {
    const reference_server server{brief_server()};
    EXPECT_EQ(
        test::run_process(run_command(server.url(), results_, {"--requests", "4", "--concurrency", "1,2"})).exit_code,
        0);
  }

  test::process_result report(words options) const {
    words command{LOADGEN_PROGRAM, "report", run_folder_in(results_).string()};
    command.insert(command.end(), options.begin(), options.end());
    return test::run_process(command);
  }

  temporary_folder results_;
};

TEST_F(exports, one_level_goes_to_a_file_or_to_standard_output) {
  const fs::path file = results_.path() / "vllm.json";
  const auto written = report({"--export", "vllm", "--level", "1", "--to", file.string()});
  ASSERT_EQ(written.exit_code, 0) << written.err;
  EXPECT_NE(written.out.find("verdict"), std::string::npos); // the report is shown as ever
  const json::value result = json::parse(test::text_of(file));
  EXPECT_EQ(result.at("max_concurrency"), 2);
  EXPECT_EQ(result.at("completed"), 4);
  const auto shown = report({"--export", "aiperf", "--level", "0", "--to", "-"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(json::parse(shown.out).at("request_count").at("avg"), 4);
}

TEST_F(exports, append_adds_a_line_for_each_level) {
  const fs::path file = results_.path() / "all.jsonl";
  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(report({"--export", "vllm", "--append", "--detailed", "--to", file.string()}).exit_code, 0);
  std::istringstream lines{test::text_of(file)};
  std::vector<std::int64_t> concurrencies;
  for (std::string line; std::getline(lines, line);) {
    const json::value result = json::parse(line);
    concurrencies.push_back(result.at("max_concurrency").as_int64());
    EXPECT_EQ(result.at("itls").as_array().size(), 4U);
  }
  EXPECT_EQ(concurrencies, (std::vector<std::int64_t>{1, 2, 1, 2}));
}

TEST_F(exports, what_makes_no_sense_is_said) {
  const fs::path file = results_.path() / "not";
  const std::vector<std::pair<words, std::string>> cases{
      {{"--export", "vllm"}, "--export: needs --to"},
      {{"--to", file.string()}, "--to: needs --export"},
      {{"--append"}, "--append: needs --export"},
      {{"--export", "aiperf", "--append", "--to", file.string()}, "--append: is of --export vllm"},
      {{"--export", "vllm", "--to", file.string()},
       "--export: the run has 2 levels and trials; expected --level, 0 to 1"},
      {{"--export", "vllm", "--level", "2", "--to", file.string()}, "--level: "},
      {{"--export", "vllm", "--append", "--to", "-", "--summary", "-"}, "--to: '-' is taken by --summary"},
  };
  for (const auto& [options, expected] : cases) {
    const auto said = report(options);
    EXPECT_EQ(said.exit_code, 2) << expected;
    EXPECT_TRUE(said.err.starts_with("loadgen: " + expected)) << said.err;
  }
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(exports, a_bounded_run_is_exported_in_full) {
  const reference_server server{brief_server()};
  const temporary_folder bounded;
  ASSERT_EQ(test::run_process(run_command(server.url(), bounded, {"--requests", "4", "--bounded"})).exit_code, 0);
  const auto shown = test::run_process(
      {LOADGEN_PROGRAM, "report", run_folder_in(bounded).string(), "--export", "vllm", "--detailed", "--to", "-"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(json::parse(shown.out).at("ttfts").as_array().size(), 4U);
}

/// Runs of every kind there is, for the schemas.
class schemas : public testing::Test {
protected:
  void hold_to_schemas(const fs::path& run) {
    for (const char* const name : {"summary", "manifest"}) {
      const fs::path file = name == std::string{"summary"} ? run / "summary/summary.json" : run / "manifest.json";
      const auto valid =
          test::run_process({"/usr/bin/python3", LOADGEN_SOURCE_DIR "/tests/integration/validate_json.py",
                             LOADGEN_SOURCE_DIR "/docs/schemas/" + std::string{name} + ".schema.json", file.string()});
      if (valid.exit_code == 77) GTEST_SKIP() << valid.out;
      EXPECT_EQ(valid.exit_code, 0) << valid.out << valid.err;
    }
  }

  void run_and_hold(const words& options, int exit_code = 0) {
    const temporary_folder results;
    const auto ran = test::run_process(run_command(server_.url(), results, options));
    ASSERT_EQ(ran.exit_code, exit_code) << ran.err;
    hold_to_schemas(run_folder_in(results));
  }

  reference_server server_{brief_server()};
};

TEST_F(schemas, hold_for_a_sweep_with_trials_and_objectives) {
  run_and_hold({"--concurrency", "1,4",       "--requests",   "120",
                "--trials",      "2",         "--slo",        "ttft=500ms",
                "--slo",         "tpot=50ms", "--label",      "sweep",
                "--warmup",      "3",         "--max-tokens", "8",
                "--header",      "X-A: b",    "--extra-body", R"({"top_p":0.9})"});
}

TEST_F(schemas, hold_for_open_loops_of_count_and_duration) {
  run_and_hold({"--rate", "200", "--requests", "120", "--max-concurrency", "3", "--on-cap", "drop", "--slo", "e2e=1s"});
  run_and_hold({"--rate", "100", "--duration", "300ms", "--arrival", "constant"});
  run_and_hold({"--concurrency", "2", "--duration", "200ms", "--bounded"});
}

TEST_F(schemas, hold_for_searches_and_for_sweeps_with_a_knee) {
  run_and_hold({"--find-max", "concurrency", "--slo", "e2e=1m", "--slo-attainment", "0.8", "--search-confirmations",
                "1", "--search-range", "1..2", "--requests", "20", "--max-tokens", "2"});
  run_and_hold({"--find-max", "rate", "--slo", "ttft=1ms", "--slo-attainment", "0.8", "--search-confirmations", "1",
                "--search-range", "100..400", "--requests", "60", "--max-tokens", "2"});
  run_and_hold({"--concurrency", "1,2,3,4", "--requests", "8"});
}

TEST_F(schemas, hold_for_failures_and_interrupts) {
  run_and_hold({"--requests", "4", "--timeout", "2ms"}, 1);
  reference_server slow{{"--ttft", "60s"}};
  const temporary_folder results;
  test::background_process interrupted{run_command(slow.url(), results, {"--requests", "3"})};
  interrupted.wait_until_it_handles(SIGINT);
  interrupted.send_signal(SIGINT);
  EXPECT_EQ(interrupted.wait(), 130);
  hold_to_schemas(run_folder_in(results));
}

TEST_F(schemas, hold_for_grids_conversations_models_and_recordings) {
  run_and_hold({"--grid", "in=16,32", "out=2,4", "--requests", "4"});
  run_and_hold({"--dataset", LOADGEN_TEST_DATA "/recipes/conversations.jsonl", "--requests", "6"});
  run_and_hold({"--models", "a=3,b=1", "--requests", "6", "--record", "--save-text"});
}

TEST_F(schemas, hold_for_two_servers_in_turns) {
  const reference_server other{brief_server()};
  const temporary_folder results;
  const auto ran = test::run_process({LOADGEN_PROGRAM, "run", "--ab", server_.url(), other.url(), "--requests", "8",
                                      "--output", results.path().string(), "--quiet"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  hold_to_schemas(run_folder_in(results));
}

TEST_F(schemas, find_a_key_that_is_not_theirs_and_one_that_is_missing) {
  const temporary_folder results;
  ASSERT_EQ(test::run_process(run_command(server_.url(), results, {"--requests", "2"})).exit_code, 0);
  json::object summary = test::summary_of(run_folder_in(results));
  json::object& level = summary.at("levels").as_array().at(0).as_object();
  level["surprise"] = 1;
  level.at("throughput").as_object().erase("goodput_per_s");
  const fs::path file = results.write("changed.json", json::serialize(summary));
  const auto checked = test::run_process({"/usr/bin/python3", LOADGEN_SOURCE_DIR "/tests/integration/validate_json.py",
                                          LOADGEN_SOURCE_DIR "/docs/schemas/summary.schema.json", file.string()});
  if (checked.exit_code == 77) GTEST_SKIP() << checked.out;
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_NE(checked.out.find("surprise"), std::string::npos) << checked.out;
  EXPECT_NE(checked.out.find("goodput_per_s"), std::string::npos) << checked.out;
}

// The run that is kept in results/sample. Where this fails because a format has changed on purpose, make it anew:
// scripts/sample.
TEST(sample_run, is_what_its_records_give) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "other processors round the last digit otherwise";
#endif
  const fs::path sample = LOADGEN_SOURCE_DIR "/results/sample/run";
  const temporary_folder again;
  fs::create_directory(again.path() / "raw");
  fs::copy_file(sample / "raw/records.bin", again.path() / "raw/records.bin");
  const auto reported = test::run_process({LOADGEN_PROGRAM, "report", again.path().string()});
  ASSERT_EQ(reported.exit_code, 0) << reported.err;
  for (const char* file : {"manifest.json", "summary/summary.json", "summary/summary.csv", "raw/requests.csv",
                           "raw/trials.csv", "raw/trials.json"})
    EXPECT_TRUE(test::text_of(again.path() / file) == test::text_of(sample / file))
        << file << " of results/sample is not what its records give: scripts/sample makes it anew";
}

} // namespace
} // namespace loadgen
