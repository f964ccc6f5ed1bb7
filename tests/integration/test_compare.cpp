#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using words = std::vector<std::string>;

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Finished runs, for all tests of this file: two of one server, one of a server that takes half as long again from
/// token to token, and one of other prompts.
class compared_runs : public testing::Test {
protected:
  static void SetUpTestSuite() {
    results = std::make_unique<temporary_folder[]>(4);
    const reference_server server{{"--ttft", "10ms", "--itl", "normal(4ms,0.2)", "--slots", "6"}};
    const reference_server slower{{"--ttft", "10ms", "--itl", "normal(6ms,0.2)", "--slots", "6"}};
    const words plan{"--concurrency", "8", "--requests", "80", "--max-tokens", "12", "--quiet"};
    run(server, results[0], plan);
    run(server, results[1], plan);
    run(slower, results[2], plan);
    run(server, results[3], {"--concurrency", "8", "--requests", "8", "--max-tokens", "6", "--quiet"});
  }

  static void TearDownTestSuite() { results.reset(); }

  static process_result compare(std::size_t a, std::size_t b, const words& options = {}, const variables& added = {}) {
    words command{LOADGEN_PROGRAM, "compare", run_folder_in(results[a]).string(), run_folder_in(results[b]).string()};
    command.insert(command.end(), options.begin(), options.end());
    return run_process(command, added);
  }

  static std::unique_ptr<temporary_folder[]> results;

private:
  static void run(const reference_server& server, const temporary_folder& folder, const words& options) {
    const auto ended = run_process(run_command(server.url(), folder, options));
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
  }
};

std::unique_ptr<temporary_folder[]> compared_runs::results;

TEST_F(compared_runs, are_shown_as_a_table_of_at_most_100_columns) {
  const auto shown = compare(0, 2);
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(shown.err, "");
  EXPECT_TRUE(says(shown.out, "\nconcurrency 8: 80 and 80 completed requests\n")) << shown.out;
  EXPECT_TRUE(says(shown.out, "  itl_p50 ms ")) << shown.out;
  EXPECT_TRUE(says(shown.out, "\nwarnings\n  ! different servers: http://127.0.0.1:")) << shown.out;
  std::istringstream lines{shown.out};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST_F(compared_runs, exit_with_0_where_every_gate_holds) {
  const auto ended = compare(0, 2, {"--gate", "itl_p50 <= +90%", "--gate=output_tokens_per_s>=-90%"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "\n\ngate itl_p50 <= +90%: holds\ngate output_tokens_per_s >= -90%: holds\n"))
      << ended.out;
}

TEST_F(compared_runs, exit_with_3_where_a_gate_fails_whatever_else_cannot_be_told) {
  const auto ended = compare(0, 2, {"--gate", "ttft_p99 <= +5%", "--gate", "itl_p50 <= +5%"});
  EXPECT_EQ(ended.exit_code, 3) << ended.out;
  EXPECT_TRUE(says(ended.out, "\ngate ttft_p99 <= +5%: cannot tell: ")) << ended.out;
  EXPECT_TRUE(says(ended.out, "\ngate itl_p50 <= +5%: fails: +")) << ended.out;
  EXPECT_EQ(compare(0, 2, {"--gate", "ttft_planned_p50 <= +5%"}).exit_code, 3); // not measured in a closed loop
}

TEST_F(compared_runs, exit_with_5_where_the_data_cannot_tell) {
  const auto ended = compare(0, 1, {"--gate", "ttft_p99 <= +5%", "--gate", "itl_p50 <= +90%"});
  EXPECT_EQ(ended.exit_code, 5) << ended.out;
  EXPECT_TRUE(says(ended.out, "too few samples beyond the percentile at concurrency 8\n")) << ended.out;
}

TEST_F(compared_runs, exit_with_2_where_they_cannot_be_compared) {
  const auto refused = compare(0, 3);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(refused.err.starts_with("loadgen: the workloads differ: sha256 ")) << refused.err;
  EXPECT_TRUE(refused.err.ends_with("or give --allow-different-workloads\n")) << refused.err;
  const auto allowed = compare(0, 3, {"--allow-different-workloads"});
  EXPECT_EQ(allowed.exit_code, 0);
  EXPECT_TRUE(says(allowed.out, "fewer than 40 requests\n")) << allowed.out;
  EXPECT_TRUE(says(allowed.out, "! the workloads differ: ")) << allowed.out;
}

TEST_F(compared_runs, are_refused_in_one_line_where_the_command_is_wrong) {
  const std::string run = run_folder_in(results[0]).string();
  const auto refusal = [](words arguments) {
    arguments.insert(arguments.begin(), {LOADGEN_PROGRAM, "compare"});
    const auto ended = run_process(arguments);
    EXPECT_EQ(ended.exit_code, 2) << ended.err;
    EXPECT_EQ(ended.out, "");
    return ended.err;
  };
  EXPECT_EQ(refusal({}), "loadgen: too few arguments; expected loadgen compare A [B] [options]\n");
  EXPECT_EQ(refusal({run, run, run}), "loadgen: '" + run + "': not expected here; options begin with --\n");
  EXPECT_EQ(refusal({run}),
            "loadgen: '" + run + "' is no run with --ab; expected two run folders, or one of such a run\n");
  EXPECT_EQ(refusal({run, "/no/such"}), "loadgen: '/no/such' is no run folder: expected raw/records.bin in it\n");
  EXPECT_EQ(refusal({run, run, "--gate", "itl_p50 <= 5ms"}),
            "loadgen: --gate: '5ms' is not a change; expected percent, such as +5%\n");
  EXPECT_EQ(refusal({run, run, "--threshold", "-1%"}),
            "loadgen: --threshold: '-1%' is below 0; expected percent, such as 1%\n");
  EXPECT_EQ(refusal({run, run, "--confidence", "95"}),
            "loadgen: --confidence: '95' is not valid; expected a number from 0.5 to 0.9999\n");
  EXPECT_EQ(refusal({run, run, "--json", "-", "--markdown", "-"}),
            "loadgen: --json: '-' is taken by --markdown; expected a file for one of them\n");
}

TEST_F(compared_runs, with_themselves_are_the_same) {
  const auto ended = compare(0, 0, {"--json", "-", "--gate", "itl_p50 <= +50%"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.err, "loadgen: gate itl_p50 <= +50%: holds\n");
  const json::value written = json::parse(ended.out);
  EXPECT_EQ(written.at("schema"), "loadgen.compare/1");
  EXPECT_EQ(written.at("pairing"), "requests");
  EXPECT_EQ(written.at("headlines").at("differ"), 0);
  const json::value& itl = written.at("levels").at(0).at("figures").at("itl_p50");
  EXPECT_EQ(itl.at("verdict"), "same");
  EXPECT_EQ(itl.at("change").to_number<double>(), 0);
  EXPECT_EQ(itl.at("a"), summary_of(run_folder_in(results[0])).at("levels").at(0).at("metrics").at("itl_ms").at("p50"));
}

TEST_F(compared_runs, are_written_as_markdown_and_json_and_nothing_into_their_folders) {
  const temporary_folder out;
  const std::string markdown = (out.path() / "compare.md").string(), file = (out.path() / "compare.json").string();
  const auto before = fs::last_write_time(run_folder_in(results[0]) / "summary");
  const auto ended = compare(0, 2, {"--markdown", markdown, "--json", file, "--gate", "itl_p50 <= +5%"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(text_of(markdown).starts_with("### loadgen: B compared with A\n"));
  EXPECT_TRUE(says(text_of(markdown), "\n- **gate itl\\_p50 \\<= +5%: fails: "));
  EXPECT_EQ(json::parse(text_of(file)).at("gates").at(0).at("outcome"), "fails");
  EXPECT_EQ(fs::last_write_time(run_folder_in(results[0]) / "summary"), before);
  const auto alone = compare(0, 2, {"--markdown", "-"});
  EXPECT_TRUE(alone.out.starts_with("### loadgen")) << alone.out;
}

TEST_F(compared_runs, in_bounded_memory_have_changes_without_intervals) {
  const auto shown = compare(0, 2, {"--bounded", "--gate", "itl_p50 <= +5%"});
  EXPECT_EQ(shown.exit_code, 5);
  EXPECT_TRUE(says(shown.out, "made with --bounded")) << shown.out;
}

TEST_F(compared_runs, take_settings_from_the_environment_and_a_file) {
  EXPECT_EQ(compare(0, 2, {}, {{"LOADGEN_GATE", "itl_p50 <= +90%\nitl_p50 <= +5%"}}).exit_code, 3);
  const temporary_folder folder;
  const std::string config = folder.write("ci.json", R"({"gate": ["itl_p50 <= +5%"], "threshold": "2%"})").string();
  const auto ended = compare(0, 2, {"--config", config});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(says(ended.out, "at least 2%")) << ended.out;
}

} // namespace
} // namespace loadgen::test
