// `loadgen calibrate`, and what a run makes of a calibration.

#include "reference_run.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <unistd.h>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

using words = std::vector<std::string>;

const words brief{"--max-tokens-per-s", "3000", "--max-streams", "20", "--level-time", "200ms"};

words calibrate_command(const words& options) {
  words command{LOADGEN_PROGRAM, "calibrate"};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

json::object object_in(const fs::path& file) {
  return json::parse(text_of(file)).as_object();
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

/// The processes whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = text_of(entry.path() / "stat");
    const std::size_t behind_name = stat.rfind(')');
    if (behind_name == std::string::npos) continue;
    if (std::stol(stat.substr(behind_name + 4)) == parent) children.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return children;
}

TEST(calibrate, saves_what_it_found_where_the_runs_look_for_it_and_shows_it) {
  const temporary_folder state;
  const variables found_there{{"XDG_STATE_HOME", state.path().string()}, {"LOADGEN_TTFT", "1h"}}; // of no concern to it
  const auto ended = run_process(calibrate_command(brief), found_there);
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const fs::path file = state.path() / "loadgen/calibration.json";
  EXPECT_TRUE(says(ended.out, "saved: " + file.string() + "\n")) << ended.out;
  EXPECT_TRUE(says(ended.out, "rising tokens/s, ")) << ended.out;
  EXPECT_TRUE(says(ended.err, " tokens/s: error ")) << ended.err;

  const json::object calibration = object_in(file);
  EXPECT_EQ(calibration.at("schema"), "loadgen.calibration/1");
  EXPECT_EQ(calibration.at("ranges").as_array().size(), 3U);
  EXPECT_GT(calibration.at("timer").at("late_p99_us").to_number<double>(), 0);
  EXPECT_EQ(calibration.at("kernel_timestamps"), true);
  for (const char* sweep : {"tokens_per_s", "streams"}) {
    const json::array& levels = calibration.at("sweeps").at(sweep).at("levels").as_array();
    ASSERT_FALSE(levels.empty());
    EXPECT_EQ(levels[0].at("complete"), true);
    EXPECT_GE(levels[0].at_pointer("/ttft_ms/p50/true").to_number<double>(), 20); // the server's own
  }

  reference_server server{{"--ttft", "5ms", "--itl", "1ms"}};
  const temporary_folder results;
  const auto run = run_process(run_command(server.url(), results, {"--requests", "2"}), found_there);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const json::object manifest = object_in(run_folder_in(results) / "manifest.json");
  EXPECT_EQ(manifest.at("calibration").at("ranges"), calibration.at("ranges"));
  EXPECT_EQ(manifest.at("calibration").at("measured"), calibration.at("measured"));
  EXPECT_EQ(manifest.at("settings").at("calibration"), (json::value{{"value", file.string()}, {"source", "default"}}));
}

TEST(calibrate, an_interrupt_ends_it_and_its_server_and_saves_nothing) {
  const temporary_folder folder;
  const fs::path file = folder.path() / "new/calibration.json";
  background_process program{calibrate_command({"--output", file.string(), "--level-time", "5s"})};
  program.wait_until_it_handles(SIGINT);
  std::vector<pid_t> servers;
  while (servers.empty()) servers = children_of(program.id());
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 130);
  EXPECT_TRUE(fs::is_empty(file.parent_path()));
  for (const pid_t server : servers) EXPECT_NE(kill(server, 0), 0);
}

TEST(calibrate, its_server_goes_with_it_when_it_is_killed) {
  const temporary_folder folder;
  background_process program{
      calibrate_command({"--output", (folder.path() / "calibration.json").string(), "--level-time", "5s"}),
      {{"TMPDIR", folder.path().string()}}};
  std::vector<pid_t> servers;
  while (servers.empty()) servers = children_of(program.id());
  program.send_signal(SIGKILL);
  EXPECT_EQ(program.wait(), 128 + SIGKILL);
  for (const pid_t server : servers)
    while (fs::exists("/proc/" + std::to_string(server) + "/exe")) usleep(1000); // until it is gone, or a zombie
}

TEST(calibrate, bad_settings_are_told_before_anything_is_measured) {
  const auto refusal = [](const words& options, const variables& added = {}) {
    const auto ended = run_process(calibrate_command(options), added);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.out, "");
    return ended.err;
  };
  EXPECT_EQ(refusal({"--level-time", "10ms"}), "loadgen: --level-time: '10ms' is out of range; expected 200ms to 1m\n");
  EXPECT_EQ(refusal({"--max-streams", "0"}),
            "loadgen: --max-streams: '0' is not valid; expected a whole number from 1 to 60000\n");
  EXPECT_EQ(refusal(brief, {{"XDG_STATE_HOME", "relative"}, {"HOME", ""}}),
            "loadgen: --output: is required where neither XDG_STATE_HOME nor HOME is set; expected a file\n");
  const temporary_folder folder;
  const fs::path file = folder.write("file", "");
  EXPECT_EQ(refusal({"--output", (file / "calibration.json").string()}),
            "loadgen: --output: cannot make " + file.string() + ": Not a directory\n");
  EXPECT_EQ(refusal({"--output", folder.path().string()}),
            "loadgen: --output: " + folder.path().string() + " is a folder; expected a file\n");
}

/// Runs of two requests, 10 tokens each, with a calibration of this machine.
class calibrated_run : public testing::Test {
protected:
  static void SetUpTestSuite() {
    made_ = new temporary_folder;
    words options{"--output", (made_->path() / "calibration.json").string()};
    options.insert(options.end(), brief.begin(), brief.end());
    ASSERT_EQ(run_process(calibrate_command(options)).exit_code, 0);
  }

  static void TearDownTestSuite() { delete made_; }

  /// That calibration with other ranges.
  static json::object calibration_up_to(double tokens_per_s, unsigned streams) {
    json::object calibration = object_in(made_->path() / "calibration.json");
    json::array ranges;
    for (const double error_ms : {0.1, 0.5, 1.0})
      ranges.push_back({{"error_ms", error_ms}, {"tokens_per_s", tokens_per_s}, {"streams", streams}});
    calibration["ranges"] = std::move(ranges);
    return calibration;
  }

  process_result run(const words& options, const variables& added = {}) {
    words all{"--requests", "2", "--concurrency", "2", "--max-tokens", "10"};
    all.insert(all.end(), options.begin(), options.end());
    return run_process(run_command(server_.url(), results_, all), added);
  }

  process_result run_with(const json::object& calibration, const words& options = {}) {
    words all{"--calibration", folder_.write("calibration.json", json::serialize(calibration)).string()};
    all.insert(all.end(), options.begin(), options.end());
    return run(all);
  }

  [[nodiscard]] json::value audited() const {
    return summary_of(run_folder_in(results_)).at("levels").at(0).at("audit").at("calibration");
  }

  [[nodiscard]] json::object manifest() const { return object_in(run_folder_in(results_) / "manifest.json"); }

  temporary_folder folder_, results_;
  reference_server server_{{"--ttft", "5ms", "--itl", "1ms"}};

private:
  static inline temporary_folder* made_ = nullptr;
};

TEST_F(calibrated_run, within_its_range_says_nothing) {
  const auto ended = run_with(calibration_up_to(1e6, 100));
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_FALSE(says(ended.out, "calibrated")) << ended.out;
  EXPECT_EQ(audited().at("within_ms"), 0.1);
  EXPECT_EQ(audited().at("streams").to_number<double>(), 2);
}

TEST_F(calibrated_run, beyond_its_range_says_so_and_so_does_a_later_report) {
  const auto ended = run_with(calibration_up_to(1e6, 1));
  EXPECT_EQ(ended.exit_code, 0);
  constexpr std::string_view warning = "! concurrency 2: beyond every load that this machine was calibrated for";
  EXPECT_TRUE(says(ended.out, warning)) << ended.out;
  EXPECT_EQ(audited().at("within_ms"), nullptr);
  EXPECT_EQ(manifest().at("settings").at("calibration").at("source"), "flag");

  fs::remove(folder_.path() / "calibration.json"); // a report goes by what the run kept
  const auto reported = run_process({LOADGEN_PROGRAM, "report", run_folder_in(results_).string(), "--summary", "-"});
  EXPECT_EQ(json::parse(reported.out).at_pointer("/levels/0/audit/calibration"), audited());
  EXPECT_TRUE(says(run_process({LOADGEN_PROGRAM, "report", run_folder_in(results_).string()}).out, warning));
}

TEST_F(calibrated_run, goes_by_none_when_told_so) {
  const fs::path file = folder_.path() / "loadgen/calibration.json";
  fs::create_directories(file.parent_path());
  std::ofstream{file} << json::serialize(calibration_up_to(1, 1));
  const auto ended = run({"--calibration", "none"}, {{"XDG_STATE_HOME", folder_.path().string()}});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(audited(), nullptr);
  EXPECT_EQ(manifest().at("calibration"), nullptr);
  EXPECT_EQ(manifest().at("settings").at("calibration"), (json::value{{"value", "none"}, {"source", "flag"}}));
}

TEST_F(calibrated_run, does_not_go_by_that_of_another_machine_and_tells_on_one_line) {
  json::object other = calibration_up_to(1, 1);
  other.at("machine").as_object()["processor"] = "Abacus";
  const auto ended = run_with(other);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(says(ended.err, " is not of this machine: its processor was 'Abacus' and is ")) << ended.err;
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1);
  EXPECT_EQ(audited(), nullptr);
  EXPECT_EQ(manifest().at("settings").at("calibration").at("value"), "none");
}

TEST_F(calibrated_run, a_saved_one_that_cannot_be_read_is_told_on_one_line) {
  const fs::path file = folder_.path() / "loadgen/calibration.json";
  fs::create_directories(file.parent_path());
  std::ofstream{file} << "{";
  const variables found_there{{"XDG_STATE_HOME", folder_.path().string()}};
  const auto ended = run({}, found_there);
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(ended.err, "loadgen: the saved calibration is of no use: " + file.string() +
                           ": not a JSON object; 'loadgen calibrate' makes it anew\n");
  EXPECT_EQ(run({"--quiet"}, found_there).err, "");
}

TEST_F(calibrated_run, a_named_one_that_cannot_be_read_is_refused) {
  const auto refusal = [this](const std::string& file) {
    const auto ended = run({"--calibration", file});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_TRUE(fs::is_empty(results_.path()));
    return ended.err;
  };
  EXPECT_EQ(refusal("/nonexistent/c.json"),
            "loadgen: --calibration: cannot read /nonexistent/c.json: No such file or directory\n");
  const std::string other = folder_.write("other.json", R"({"schema":"loadgen.calibration/9"})").string();
  EXPECT_EQ(refusal(other), "loadgen: --calibration: " + other + ": not of the schema loadgen.calibration/1\n");
}

} // namespace
} // namespace loadgen::test
