#include "unit/calibrate/answers.hpp"

#include <loadgen/calibrate/calibration.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace loadgen::calibrate {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using samples::measured;

machine_identity some_machine() {
  return {.hostname = "bench1",
          .processor = "Some CPU @ 2.50GHz",
          .processors = 8,
          .kernel = "Linux 6.1.0 x86_64",
          .loadgen = "0.1.0"};
}

calibration some_calibration() {
  calibration found;
  found.machine = some_machine();
  found.measured = "2026-07-22T13:15:02Z";
  found.system = {{"clock_source", "tsc"}};
  found.own_cores = true;
  found.timer = {.p50_ms = 0.012, .p99_ms = 0.0505};
  found.clock_step = 21ns;
  found.descriptors = {.soft = 1024, .hard = std::nullopt};
  found.others_cores = 0.04;
  found.by_token_rate = {.levels = {measured(0.02, 200, 2000), measured(0.4, 200, 10'000)},
                         .ended_by = sweep_end::server};
  found.by_streams = {.levels = {measured(0.01, 50), measured(0.03, 100)}, .ended_by = sweep_end::all_measured};
  found.by_token_rate.levels[1].server_late = true;
  return found;
}

TEST(machine_identity, is_told_apart_by_every_member) {
  EXPECT_EQ(difference(some_machine(), some_machine()), "");
  const auto changed = [](auto member, auto value) {
    machine_identity now = some_machine();
    now.*member = value;
    return difference(some_machine(), now);
  };
  EXPECT_EQ(changed(&machine_identity::hostname, "bench2"), "its name was 'bench1' and is 'bench2'");
  EXPECT_EQ(changed(&machine_identity::processor, ""), "its processor was 'Some CPU @ 2.50GHz' and is ''");
  EXPECT_EQ(changed(&machine_identity::processors, 4U), "its number of processors was '8' and is '4'");
  EXPECT_EQ(changed(&machine_identity::kernel, "Linux 6.2.0 x86_64"),
            "its kernel was 'Linux 6.1.0 x86_64' and is 'Linux 6.2.0 x86_64'");
  EXPECT_EQ(changed(&machine_identity::loadgen, "0.2.0"), "its loadgen was '0.1.0' and is '0.2.0'");
}

TEST(calibration, has_kernel_stamps_where_every_level_has) {
  calibration found = some_calibration();
  EXPECT_TRUE(found.kernel_stamps());
  found.by_streams.levels.back().kernel_stamps = false;
  EXPECT_FALSE(found.kernel_stamps());
}

TEST(calibration_json, round_trip_of_what_a_run_needs) {
  const auto saved = parse_calibration(json::serialize(to_json(some_calibration())));
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  EXPECT_EQ(difference(saved->machine, some_machine()), "");
  EXPECT_EQ(saved->measured, "2026-07-22T13:15:02Z");
  EXPECT_EQ(saved->ranges, some_calibration().ranges());
}

TEST(calibration_json, has_all_that_was_found) {
  const json::value root = to_json(some_calibration());
  EXPECT_EQ(root.at("schema"), "loadgen.calibration/1");
  EXPECT_EQ(root.at("threads"), 1);
  EXPECT_EQ(root.at("own_cores"), true);
  EXPECT_EQ(root.at("others_cores"), 0.04);
  EXPECT_EQ(root.at("kernel_timestamps"), true);
  EXPECT_EQ(root.at("timer"), (json::value{{"late_p50_us", 12.0}, {"late_p99_us", 50.5}, {"clock_step_ns", 21}}));
  EXPECT_EQ(root.at("descriptors"), (json::value{{"soft", 1024}, {"hard", nullptr}}));
  EXPECT_EQ(root.at("system").at("clock_source"), "tsc");
  EXPECT_EQ(root.at_pointer("/sweeps/tokens_per_s/ended_by"), "server");
  EXPECT_EQ(root.at_pointer("/sweeps/streams/ended_by"), "all_measured");
  const json::value& level = root.at_pointer("/sweeps/tokens_per_s/levels/1");
  EXPECT_EQ(level.at("offered"), (json::value{{"streams", 200},
                                              {"requests", 4},
                                              {"tokens", 3},
                                              {"ttft_ms", 20.0},
                                              {"itl_ms", 10.0},
                                              {"tokens_per_s", 15'000.0}}));
  EXPECT_EQ(level.at("tokens_per_s"), 10'000.0);
  EXPECT_EQ(level.at("worst_error_ms"), 0.4);
  EXPECT_EQ(level.at_pointer("/ttft_ms/p50"), (json::value{{"reported", 0.0}, {"true", 0.0}, {"error", -0.4}}));
  EXPECT_EQ(level.at("server_late"), true);
  EXPECT_EQ(level.at("verdict"), "ok");
}

TEST(calibration_json, what_is_no_whole_calibration_is_refused) {
  const std::string whole = json::serialize(to_json(some_calibration()));
  const auto message = [](std::string_view text) {
    const auto parsed = parse_calibration(text);
    return parsed.has_error() ? parsed.error().message : "";
  };
  EXPECT_EQ(message(""), "not a JSON object");
  EXPECT_EQ(message("[]"), "not a JSON object");
  EXPECT_EQ(message(std::string_view{whole}.substr(0, whole.size() / 2)), "not a JSON object");
  EXPECT_EQ(message("{}"), "not of the schema loadgen.calibration/1");
  EXPECT_EQ(message(R"({"schema":"loadgen.calibration/2"})"), "not of the schema loadgen.calibration/1");
  for (const char* key : {"machine", "measured", "ranges"}) {
    json::object broken = to_json(some_calibration());
    broken[key] = 7;
    EXPECT_NE(message(json::serialize(broken)), "") << key;
    broken.erase(key);
    EXPECT_NE(message(json::serialize(broken)), "") << key;
  }
}

TEST(calibration_report, is_this) {
  EXPECT_EQ(console_report(some_calibration()),
            R"(rising tokens/s, until the reference server was late; the client may carry more
                   - TTFT p50 ms - - TTFT p99 ms - -- ITL p50 ms - -- ITL p99 ms -  coal-
 streams  tokens/s    true   error    true   error    true   error    true   error  esced   CPU
     200      2000   0.000  -0.020   0.000  +0.000   0.000  +0.000   0.000  +0.000   0.0%    0%
     200     10000   0.000  -0.400   0.000  +0.000   0.000  +0.000   0.000  +0.000   0.0%    0%
          server late

rising streams, to the end of the loads asked for
                   - TTFT p50 ms - - TTFT p99 ms - -- ITL p50 ms - -- ITL p99 ms -  coal-
 streams  tokens/s    true   error    true   error    true   error    true   error  esced   CPU
      50       100   0.000  -0.010   0.000  +0.000   0.000  +0.000   0.000  +0.000   0.0%    0%
     100       100   0.000  -0.030   0.000  +0.000   0.000  +0.000   0.000  +0.000   0.0%    0%

error of TTFT and ITL, p50 and p99, up to
  0.1 ms       2000 tokens/s     100 streams
  0.5 ms      10000 tokens/s     100 streams
    1 ms      10000 tokens/s     100 streams

timer        wakes 12 us late (p50), 50 us (p99); clock step 21 ns, source tsc
stamps       every token had the kernel's receive stamp
descriptors  soft limit 1024, hard limit none
others       had 0.04 cores meanwhile
processors   8 x Some CPU @ 2.50GHz
kernel       Linux 6.1.0 x86_64
)");
}

TEST(calibration_report, keeps_to_100_columns_with_large_figures_and_every_remark) {
  calibration found = some_calibration();
  level_reading& level = found.by_streams.levels.back();
  level.offered.streams = 60'000;
  level.tokens_per_s = 1e6;
  level.figures.fill({.reported_ms = 12'345, .true_ms = 12'345, .error_ms = -12'345});
  level.coalesced_fraction = level.cpu_fraction = 1;
  level.complete = level.kernel_stamps = false;
  level.repeated = level.server_late = true;
  level.verdict = metrics::verdict::client_bound;
  std::istringstream lines{console_report(found)};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_EQ(progress_line(level), " 60000 streams, 1000000 tokens/s: error 12345.000 ms at most; not all requests "
                                  "completed, client_bound, no kernel stamps, server late, better of two");
}

TEST(calibration_report, advises_to_calibrate_again_where_other_programs_were_busy) {
  calibration found = some_calibration();
  found.others_cores = 0.93;
  EXPECT_NE(
      console_report(found).find("\nothers       had 0.93 cores meanwhile: calibrate again when they have ended\n"),
      std::string::npos);
  found.others_cores.reset();
  EXPECT_NE(console_report(found).find("\nothers       unknown\n"), std::string::npos);
}

TEST(calibration_report, tells_where_not_even_the_least_load_held) {
  calibration found = some_calibration();
  found.by_token_rate.levels = {measured(0.2, 200, 2000)};
  found.by_streams.levels = {measured(0.2, 50)};
  EXPECT_NE(console_report(found).find("  0.1 ms     at no tried rate  at no tried number of streams\n"),
            std::string::npos)
      << console_report(found);
}

} // namespace
} // namespace loadgen::calibrate
