#include "reference_run.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

process_result call(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), LOADGEN_PROGRAM);
  return run_process(arguments);
}

const char* const closed_url = "http://127.0.0.1:1";
const std::string recipes = LOADGEN_TEST_DATA "/recipes/";

TEST(dataset_run, no_bad_file_lets_anything_be_sent_or_written) {
  const temporary_folder folder;
  const std::string results = (folder.path() / "results").string();
  std::size_t refused = 0;
  for (const auto& entry : fs::directory_iterator{LOADGEN_TEST_DATA "/datasets/bad"}) {
    if (entry.path().filename() == "refusals.tsv") continue;
    const auto result = call({"run", "--url", closed_url, "--dataset", entry.path().string(), "--output", results});
    EXPECT_EQ(result.exit_code, 2) << entry.path(); // to connect would end with 4
    EXPECT_TRUE(result.err.starts_with("loadgen: --dataset: " + entry.path().string() + ":")) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    ++refused;
  }
  EXPECT_GT(refused, 40U);
  EXPECT_FALSE(fs::exists(results));
}

TEST(dataset_run, options_of_a_dataset_are_checked) {
  const auto refusal = [](std::vector<std::string> options) {
    options.insert(options.begin(), {"run", "--url", closed_url});
    const auto result = call(options);
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };
  const std::string faq = recipes + "faq.csv";
  EXPECT_EQ(refusal({"--dataset", faq, "--dataset-map", "promt=question"}),
            "loadgen: --dataset-map: 'promt' is not known; did you mean prompt? expected prompt, messages, max_tokens, "
            "category, id\n");
  EXPECT_EQ(refusal({"--dataset", faq, "--dataset-map", "prompt"}),
            "loadgen: --dataset-map: 'prompt' is no pair; expected one such as prompt=question\n");
  EXPECT_EQ(refusal({"--dataset", faq, "--dataset-map", "prompt=q"}),
            "loadgen: --dataset: " + faq + ":1: no column `q`; expected one of question, topic, answer length\n");
  EXPECT_EQ(refusal({"--dataset-filter", "code"}),
            "loadgen: --dataset-filter: 'code' is no filter; expected FIELD=VALUE or FIELD!=VALUE\n");
  EXPECT_EQ(refusal({"--dataset-sample", "97"}),
            "loadgen: --dataset: builtin:default: a sample of 97 from 96 entries; expected at most as many\n");
  EXPECT_EQ(refusal({"--dataset-format", "csv"}),
            "loadgen: --dataset: a builtin dataset has its form; expected no --dataset-format, --dataset-map or "
            "--dataset-turns\n");
  EXPECT_EQ(refusal({"--prompt", "a", "--dataset-limit", "1"}),
            "loadgen: --dataset-limit: is of a dataset; expected none with --prompt\n");
}

TEST(dataset_run, the_manifest_has_what_was_taken) {
  reference_server server{{"--ttft", "1ms", "--itl", "0ms"}};
  const temporary_folder results;
  const auto run = run_process(run_command(server.url(), results,
                                           {"--dataset", recipes + "batch.jsonl", "--requests", "4", "--seed", "3",
                                            "--dataset-filter", "id!=r3", "--dataset-shuffle", "--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json::value manifest = json::parse(text_of(run_folder_in(results) / "manifest.json"));
  const json::value& dataset = manifest.at("workload").at("dataset");
  EXPECT_EQ(dataset.at("format"), "openai-batch");
  EXPECT_EQ(dataset.at("found"), 2);
  EXPECT_EQ(dataset.at("entries"), 2);
  EXPECT_EQ(manifest.at("settings").at("dataset-format").at("value"), "openai-batch");
  EXPECT_EQ(manifest.at("settings").at("dataset-filter").at("value"), json::array({"id!=r3"}));
  EXPECT_EQ(manifest.at("settings").at("dataset-shuffle").at("source"), "flag");
  // The bodies' own budgets, 6 and 5, and what the server answered to them.
  const json::object summary = summary_of(run_folder_in(results));
  EXPECT_EQ(summary.at("levels").at(0).at("tokens").at("asked_output"), 22);
  EXPECT_EQ(summary.at("levels").at(0).at("tokens").at("output"), 22);
}

TEST(dataset_run, a_parquet_file_is_sent_and_imported) {
  if (!fs::exists(LOADGEN_PARQUET_PLUGIN)) GTEST_SKIP() << "built without Arrow: there is no Parquet plugin";
  const std::string file = LOADGEN_TEST_DATA "/datasets/parquet/types.parquet";
  reference_server server{{"--ttft", "1ms", "--itl", "0ms"}};
  const temporary_folder results;
  const auto run =
      run_process(run_command(server.url(), results,
                              {"--dataset", file, "--dataset-map", "prompt=in.text,max_tokens=uint16,id=int8",
                               "--dataset-filter", "id=1|2", "--requests", "4", "--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json::value manifest = json::parse(text_of(run_folder_in(results) / "manifest.json"));
  EXPECT_EQ(manifest.at("workload").at("dataset").at("format"), "parquet");
  EXPECT_EQ(manifest.at("workload").at("dataset").at("found"), 4);
  EXPECT_EQ(manifest.at("workload").at("dataset").at("entries"), 2);
  // The rows' own budgets, 1 and 2, twice each.
  EXPECT_EQ(summary_of(run_folder_in(results)).at("levels").at(0).at("tokens").at("asked_output"), 6);

  const temporary_folder folder;
  const std::string kept = (folder.path() / "kept.jsonl").string();
  const auto imported =
      call({"dataset", "import", file, "--to", kept, "--dataset-map", "prompt=coded,max_tokens=uint8,id=int64"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  const std::string lines = text_of(kept);
  EXPECT_EQ(lines.substr(0, lines.find('\n')), R"({"id":"1","prompt":"Name a colour.","max_tokens":1})");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 4);

  const auto checked = call({"dataset", "check", LOADGEN_TEST_DATA "/datasets/parquet/bad_prompt_null.parquet"});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_NE(checked.err.find("bad_prompt_null.parquet:row 2: `prompt` is null; expected text\n"), std::string::npos)
      << checked.err;
}

TEST(dataset_run, without_the_plugin_a_parquet_file_is_refused_with_the_way_to_get_it) {
  const std::string file = LOADGEN_TEST_DATA "/datasets/parquet/prompts.parquet";
  const temporary_folder results;
  for (const std::vector<std::string>& command :
       {run_command(closed_url, results, {"--dataset", file, "--requests", "1"}),
        std::vector<std::string>{LOADGEN_PROGRAM, "dataset", "stats", file}}) {
    const auto ran = run_process(command, {{"LOADGEN_PLUGIN_DIR", "/nonexistent"}});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_NE(ran.err.find(file + ": Parquet is read by a plugin, and the Parquet plugin loadgen-parquet.so is not in "
                                  "/nonexistent; expected it there: scripts/setup, or scripts/arrow/get alone, gets "
                                  "Apache Arrow, with which the build makes it\n"),
              std::string::npos)
        << ran.err;
    EXPECT_TRUE(run_folder_in(results).empty());
  }
}

// 150 entries of 120 KB: some more than are kept ready.
TEST(dataset_run, a_file_that_changes_ends_the_run_and_keeps_what_was_measured) {
  reference_server server{{"--ttft", "20ms", "--itl", "0ms", "--tokens", "2"}};
  const temporary_folder folder, results;
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += std::string(120'000, 'x') + std::to_string(i) + "\n";
  const fs::path file = folder.write("large.txt", lines);
  background_process run{
      run_command(server.url(), results, {"--dataset", file.string(), "--requests", "450", "--max-tokens", "2"})};
  while (run_folder_in(results).empty() || !fs::exists(run_folder_in(results) / "raw/records.bin"))
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  std::ofstream{file, std::ios::app} << "one more\n";
  EXPECT_EQ(run.wait(), 74);
  const auto report = call({"report", run_folder_in(results).string(), "--summary", "-"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  EXPECT_EQ(json::parse(report.out).at("complete"), false);
}

TEST(dataset_stats, of_synthetic_prompts_are_those_that_a_spec_asks_for) {
  const auto told = [](std::vector<std::string> options) {
    options.insert(options.begin(), {"dataset", "stats"});
    options.insert(options.end(), {"--json", "-"});
    const auto result = call(options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out);
  };
  const json::value figures = told({"synthetic:in=uniform(100,200),out=32,prefix=50,hit=0.4", "--seed", "5"});
  EXPECT_EQ(figures.at("format"), "synthetic");
  EXPECT_EQ(figures.at("entries"), 500);
  EXPECT_TRUE(figures.at("characters").is_null());
  EXPECT_EQ(figures.at("categories").at("shared prefix"), 200);
  EXPECT_EQ(figures.at("max_tokens").at("min"), 32);
  EXPECT_EQ(figures.at("max_tokens").at("max"), 32);
  EXPECT_GE(figures.at("input_tokens").at("min").as_int64(), 100);
  EXPECT_LE(figures.at("input_tokens").at("max").as_int64(), 200);
  // Five standard errors of the mean of 500 draws.
  EXPECT_NEAR(figures.at("input_tokens").at("mean").to_number<double>(), 150, 5 * 29.2 / std::sqrt(500.0));
  const auto refused = call({"dataset", "stats", "synthetic:in=5", "--dataset-limit", "3"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "loadgen: --dataset-limit is of a dataset in a file; expected none with synthetic prompts\n");
}

TEST(dataset_check, exit_codes_say_what_was_found) {
  const temporary_folder folder;
  const std::string file = folder.write("d.jsonl", "{\"prompt\":\"a b\"}\n{\"prompt\":\"c\"}\n").string();
  const auto good = call({"dataset", "check", file});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.out, file + ": ok: 2 entries of the form jsonl, no duplicates, no manifest\n");

  static_cast<void>(folder.write("manifest.json", R"({"file":"d.jsonl","sha256":"00","lines":3})"));
  const auto drifted = call({"dataset", "check", file});
  EXPECT_EQ(drifted.exit_code, 3);
  EXPECT_NE(drifted.err.find("its sha256 is "), std::string::npos);
  EXPECT_NE(drifted.err.find("it has 2 entries; " + (folder.path() / "manifest.json").string() + " says 3"),
            std::string::npos);

  static_cast<void>(folder.write("d.jsonl", "{\"prompt\":\"a b\"}\n{\"prompt\":\" a\\nb \"}\n"));
  static_cast<void>(folder.write("manifest.json", R"({"file":"d.jsonl"})"));
  const auto repeated = call({"dataset", "check", folder.path().string()});
  EXPECT_EQ(repeated.exit_code, 3);
  EXPECT_EQ(repeated.err, "loadgen: " + file + ": line 2 asks the same as line 1, white space aside\n");

  static_cast<void>(folder.write("d.jsonl", "{\n"));
  EXPECT_EQ(call({"dataset", "check", file}).exit_code, 2);
  fs::remove(folder.path() / "manifest.json");
  EXPECT_EQ(call({"dataset", "check", folder.path().string()}).exit_code, 2); // nothing to check
  EXPECT_EQ(call({"dataset", "check", (folder.path() / "none").string()}).exit_code, 2);
}

TEST(dataset_check, the_corpora_of_this_repository_are_as_their_manifests_say) {
  const auto result = call({"dataset", "check", LOADGEN_SOURCE_DIR "/datasets"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST(dataset_stats, fit_a_terminal_of_80_columns_in_ascii) {
  const temporary_folder folder;
  std::string lines;
  for (int i = 1; i <= 300; ++i)
    lines += R"({"prompt":")" + std::string(static_cast<std::size_t>(i), 'x') + R"(","category":")" +
             (i % 3 == 0 ? "日本語" : "a category with a name that is far too long for one line of a terminal") +
             "\"}\n";
  const auto result = call({"dataset", "stats", folder.write("d.jsonl", lines).string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream shown{result.out};
  for (std::string line; std::getline(shown, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; })) << line;
  }
  EXPECT_NE(result.out.find("300 entries"), std::string::npos);
}

TEST(dataset_stats, as_json_have_the_figures) {
  const auto result = call({"dataset", "stats", recipes + "mooncake.jsonl", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json::value figures = json::parse(result.out);
  EXPECT_EQ(figures.at("schema"), "loadgen.dataset_stats/1");
  EXPECT_EQ(figures.at("entries"), 3);
  EXPECT_TRUE(figures.at("characters").is_null());
  EXPECT_EQ(figures.at("input_tokens").at("p50"), 120);
  EXPECT_EQ(figures.at("input_tokens").at("max"), 600);
  EXPECT_DOUBLE_EQ(figures.at("max_tokens").at("mean").to_number<double>(), 6.0);
}

TEST(dataset_import, gives_the_same_bytes_and_replaces_nothing_unasked) {
  const temporary_folder folder;
  const std::string out = (folder.path() / "out.jsonl").string();
  const std::vector<std::string> command{"dataset",   "import",    recipes + "sharegpt.json", "--to",   out,
                                         "--licence", "CC-BY-4.0", "--dataset-shuffle",       "--seed", "5"};
  ASSERT_EQ(call(command).exit_code, 0);
  const std::string dataset = text_of(out);
  const std::string manifest = text_of(folder.path() / "out.manifest.json");
  EXPECT_EQ(call(command).exit_code, 2);
  EXPECT_EQ(text_of(out), dataset);
  std::vector<std::string> again = command;
  again.emplace_back("--force");
  EXPECT_EQ(call(again).exit_code, 0);
  EXPECT_EQ(text_of(out), dataset);
  EXPECT_EQ(text_of(folder.path() / "out.manifest.json"), manifest);
  EXPECT_EQ(call({"dataset", "check", folder.path().string()}).exit_code, 0);
  const json::value said = json::parse(manifest);
  EXPECT_EQ(said.at("licence"), "CC-BY-4.0");
  EXPECT_EQ(said.at("lines"), 2);
  EXPECT_EQ(said.at("provenance").at("source"), "sharegpt.json");
  EXPECT_EQ(said.at("provenance").at("selection").at("seed"), 5);
}

TEST(dataset_import, writes_nothing_of_a_dataset_that_cannot_be_written) {
  const temporary_folder folder;
  const std::string out = (folder.path() / "out.jsonl").string();
  for (const std::string& in : {recipes + "mooncake.jsonl", std::string{LOADGEN_TEST_DATA "/datasets/bad/cut.jsonl"}})
    EXPECT_EQ(call({"dataset", "import", in, "--to", out}).exit_code, 2) << in;
  EXPECT_EQ(
      call({"dataset", "import", recipes + "questions.txt", "--to", (folder.path() / "out.txt").string()}).exit_code,
      2);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_EQ(call({"dataset", "import", recipes + "questions.txt", "--to", "/no/such/folder/out.jsonl"}).exit_code, 74);
}

} // namespace
} // namespace loadgen::test
