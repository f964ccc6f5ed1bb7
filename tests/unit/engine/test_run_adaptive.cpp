#include "engine_fixture.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <thread>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::request_record;

/// Runs whose levels are decided on while they go.
class adaptive_run : public engine_fixture {
protected:
  adaptive_run() { send_to(server_.port()); }

  static chosen_level closed_level(std::uint32_t level, std::uint32_t concurrency, std::uint64_t requests) {
    chosen_level chosen{.planned = {.level = level, .trial = 1, .requests = requests, .offsets = {}}, .load = {}};
    chosen.load.concurrency = concurrency;
    return chosen;
  }

  metrics::recorded_run run_choosing(const workload::plan& plan, const level_chooser& choose) {
    metrics::run_info info;
    info.run_id = "test";
    info.epoch = clock::now();
    const std::filesystem::path file = folder_ / ("adaptive" + std::to_string(files_++) + ".bin");
    outcome = run_adaptive(settings, plan, choose, info, file);
    return metrics::read_records(file).value();
  }

private:
  scripted_server server_{[](scripted_connection& client, int) { answer_all(client); }};
  int files_ = 0;
};

TEST_F(adaptive_run, asks_for_a_level_after_each_and_sends_them_all_into_one_file) {
  const workload::plan plan = plan_of({{1, 5}});
  std::vector<std::uint64_t> seen;
  const metrics::recorded_run recorded =
      run_choosing(plan, [&](const metrics::recorded_level& ended) -> result<std::optional<chosen_level>> {
        seen.push_back(ended.requests.size());
        if (seen.size() == 4) return std::nullopt;
        return closed_level(static_cast<std::uint32_t>(seen.size()), 2, 10 * seen.size());
      });
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_TRUE(outcome->complete);
  EXPECT_TRUE(recorded.complete());
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{5, 10, 20, 30}));
  ASSERT_EQ(recorded.levels.size(), 4U);
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(recorded.levels[i].info.level, i);
    EXPECT_EQ(recorded.levels[i].requests.size(), seen[i]);
    EXPECT_TRUE(recorded.levels[i].end);
  }
}

TEST_F(adaptive_run, hands_over_the_records_that_are_in_the_file) {
  settings.threads = 2;
  settings.warmup.requests = 3;
  std::vector<metrics::recorded_level> handed;
  const metrics::recorded_run recorded = run_choosing(
      plan_of({{4, 40}}), [&](const metrics::recorded_level& ended) -> result<std::optional<chosen_level>> {
        handed.push_back(ended);
        if (handed.size() == 2) return std::nullopt;
        return closed_level(1, 3, 20);
      });
  ASSERT_EQ(handed.size(), recorded.levels.size());
  for (std::size_t i = 0; i < handed.size(); ++i) {
    const metrics::recorded_level& read = recorded.levels[i];
    EXPECT_EQ(handed[i].info.concurrency, read.info.concurrency);
    EXPECT_EQ(handed[i].info.planned, read.info.planned);
    EXPECT_EQ(handed[i].end->ended, read.end->ended);
    ASSERT_EQ(handed[i].requests.size(), read.requests.size());
    std::set<std::tuple<bool, std::uint64_t, instant, instant, std::size_t>> left, right;
    for (const request_record& r : handed[i].requests)
      left.emplace(r.warmup, r.index, *r.sent, *r.done, r.chunks.size());
    for (const request_record& r : read.requests) right.emplace(r.warmup, r.index, *r.sent, *r.done, r.chunks.size());
    EXPECT_EQ(left, right);
  }
}

TEST_F(adaptive_run, the_same_levels_have_the_same_hashes_as_a_plan_that_has_them_from_the_start) {
  const metrics::recorded_run fixed = run(plan_of({{1, 5}, {2, 7}}));
  const std::string planned = plan_of({{1, 5}, {2, 7}}).sha256();
  bool asked = false;
  const metrics::recorded_run chosen =
      run_choosing(plan_of({{1, 5}}), [&](const metrics::recorded_level&) -> result<std::optional<chosen_level>> {
        if (std::exchange(asked, true)) return std::nullopt;
        return closed_level(1, 2, 7);
      });
  const auto& workload = chosen.end->manifest.at("workload");
  EXPECT_EQ(workload.at("sha256"), boost::json::value(planned));
  EXPECT_EQ(workload.at("wire_sha256"), fixed.end->manifest.at("workload").at("wire_sha256"));
}

TEST_F(adaptive_run, open_and_closed_loops_may_follow_each_other) {
  int asked = 0;
  const metrics::recorded_run recorded =
      run_choosing(plan_of({{2, 6}}), [&](const metrics::recorded_level&) -> result<std::optional<chosen_level>> {
        if (asked++ > 0) return std::nullopt;
        chosen_level open = closed_level(1, 1, 4);
        open.planned.offsets = {0ms, 2ms, 4ms, 6ms};
        open.load.rate = 500;
        return open;
      });
  ASSERT_EQ(recorded.levels.size(), 2U);
  EXPECT_EQ(recorded.levels[1].info.rate, 500);
  EXPECT_EQ(recorded.levels[1].requests.size(), 4U);
}

TEST_F(adaptive_run, an_error_of_the_chooser_ends_it_and_keeps_what_was_measured) {
  const metrics::recorded_run recorded =
      run_choosing(plan_of({{1, 5}}), [](const metrics::recorded_level&) -> result<std::optional<chosen_level>> {
        return invalid_input("enough");
      });
  ASSERT_TRUE(outcome.has_error());
  EXPECT_EQ(outcome.error().message, "enough");
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 5U);
  ASSERT_TRUE(recorded.end);
  EXPECT_FALSE(recorded.complete());
}

TEST_F(adaptive_run, a_level_that_cannot_be_sent_ends_it_with_the_reason) {
  const auto reason_for = [&](const chosen_level& level) {
    static_cast<void>(run_choosing(
        plan_of({{1, 2}}),
        [&level](const metrics::recorded_level&) -> result<std::optional<chosen_level>> { return level; }));
    return outcome.has_error() ? std::optional{outcome.error().code} : std::nullopt;
  };
  EXPECT_EQ(reason_for(closed_level(1, 0, 5)), errc::invalid_input);
  EXPECT_EQ(reason_for(closed_level(1, 1, 0)), errc::invalid_input);
  EXPECT_EQ(reason_for(closed_level(1, 4'000'000'000, 5)), errc::resource_limit);
}

TEST_F(adaptive_run, connections_of_levels_to_come_must_be_possible_before_anything_is_sent) {
  settings.most_connections = 4'000'000'000;
  const auto refused = run_adaptive(
      settings, plan_of({{1, 2}}),
      [](const metrics::recorded_level&) -> result<std::optional<chosen_level>> { return std::nullopt; }, {},
      folder_ / "never.bin");
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, errc::resource_limit);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "never.bin"));
}

TEST_F(adaptive_run, an_interrupt_ends_it_without_asking_again) {
  settings.handle_signals = true;
  settings.settle = 1h; // it comes in the pause, which it ends
  int asked = 0;
  std::thread interrupting;
  const metrics::recorded_run recorded =
      run_choosing(plan_of({{1, 3}}), [&](const metrics::recorded_level&) -> result<std::optional<chosen_level>> {
        ++asked;
        interrupting = std::thread{[] {
          std::this_thread::sleep_for(50ms);
          ::kill(::getpid(), SIGINT);
        }};
        return closed_level(1, 2, 1000);
      });
  interrupting.join();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->interrupted_by, SIGINT);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(recorded.levels.size(), 1U);
  EXPECT_FALSE(recorded.complete());
}

TEST_F(adaptive_run, its_number_of_levels_is_told_as_not_known) {
  settings.progress_interval = 1ms;
  std::set<std::uint32_t> levels;
  settings.on_progress = [&](const progress& now) { levels.insert(now.levels); };
  static_cast<void>(
      run_choosing(plan_of({{1, 200}}),
                   [](const metrics::recorded_level&) -> result<std::optional<chosen_level>> { return std::nullopt; }));
  EXPECT_EQ(levels, std::set<std::uint32_t>{0});
}

} // namespace
} // namespace loadgen::engine::test
