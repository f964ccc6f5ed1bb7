#include "metrics/request_counts.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

request_counts count_requests(const recorded_level& level) {
  return counted(request_counter{}, level).counts(level.info, level.end);
}

std::uint64_t of(const request_counts& counts, cause why) {
  return counts.causes[static_cast<std::size_t>(why)];
}

TEST(request_counts, issued_is_the_sum_of_the_outcomes_and_planned_adds_the_dropped) {
  recorded_level level = level_of({
      completed(0, 0ms, {chunk(20ms)}),
      completed(1, 0ms, {}),
      not_completed(2, 0ms, outcome::failed, cause::timeout),
      not_completed(3, 0ms, outcome::cancelled, cause::drain_limit),
  });
  level.info.planned = 9;
  level.end = quiet_end(1s, 2s);
  level.end->dropped_cap = 3;
  level.end->dropped_not_reached = 2;
  const request_counts counts = count_requests(level);
  EXPECT_EQ(counts.planned, 9U);
  EXPECT_EQ(counts.issued, 4U);
  EXPECT_EQ(counts.completed, 2U);
  EXPECT_EQ(counts.empty, 1U);
  EXPECT_EQ(counts.failed, 1U);
  EXPECT_EQ(counts.cancelled, 1U);
  EXPECT_EQ(counts.dropped, 5U);
  EXPECT_EQ(counts.dropped_cap, 3U);
  EXPECT_EQ(counts.dropped_not_reached, 2U);
  EXPECT_EQ(of(counts, cause::timeout), 1U);
  EXPECT_EQ(of(counts, cause::drain_limit), 1U);
  EXPECT_EQ(of(counts, cause::none), 0U);
}

TEST(request_counts, http_failures_are_counted_by_status) {
  std::vector<request_record> requests;
  for (const auto status : std::initializer_list<std::uint16_t>{429, 503, 429}) {
    requests.push_back(not_completed(requests.size(), 0ms, outcome::failed, cause::http_status));
    requests.back().http_status = status;
  }
  requests.push_back(not_completed(3, 0ms, outcome::failed, cause::truncated)); // its status is 200, and no failure
  const request_counts counts = count_requests(level_of(std::move(requests)));
  EXPECT_EQ(of(counts, cause::http_status), 3U);
  EXPECT_EQ(counts.http_statuses, (std::map<std::uint16_t, std::uint64_t>{{429, 2}, {503, 1}}));
}

TEST(request_counts, the_first_message_given_is_kept_for_each_cause) {
  std::vector<request_record> requests;
  for (const char* message : {"", "out of memory", "busy"}) {
    requests.push_back(not_completed(requests.size(), 0ms, outcome::failed, cause::in_band_error));
    requests.back().message = message;
  }
  const request_counts counts = count_requests(level_of(std::move(requests)));
  EXPECT_EQ(counts.first_messages[static_cast<std::size_t>(cause::in_band_error)], "out of memory");
  EXPECT_EQ(counts.first_messages[static_cast<std::size_t>(cause::timeout)], "");
}

TEST(request_counts, the_first_message_is_the_first_in_plan_order_whatever_the_order_of_the_records) {
  std::vector<request_record> requests;
  for (const std::uint64_t index : {5U, 2U, 9U}) {
    requests.push_back(not_completed(index, 0ms, outcome::failed, cause::in_band_error));
    requests.back().message = std::to_string(index);
  }
  const request_counts counts = count_requests(level_of(std::move(requests)));
  EXPECT_EQ(counts.first_messages[static_cast<std::size_t>(cause::in_band_error)], "2");
}

TEST(request_counts, reconnects_and_retries_are_summed_over_all_outcomes) {
  std::vector<request_record> requests{completed(0, 0ms, {chunk(20ms)}),
                                       not_completed(1, 0ms, outcome::failed, cause::connect)};
  requests[0].stale_reconnects = 2;
  requests[1].stale_reconnects = 1;
  requests[1].retries = 3;
  const request_counts counts = count_requests(level_of(std::move(requests)));
  EXPECT_EQ(counts.stale_reconnects, 3U);
  EXPECT_EQ(counts.retries, 3U);
}

TEST(request_counts, warm_up_is_counted_nowhere) {
  std::vector<request_record> requests{not_completed(0, 0ms, outcome::failed, cause::connect)};
  requests[0].warmup = true;
  requests[0].retries = 1;
  const request_counts counts = count_requests(level_of(std::move(requests)));
  EXPECT_EQ(counts.issued, 0U);
  EXPECT_EQ(counts.failed, 0U);
  EXPECT_EQ(counts.retries, 0U);
  EXPECT_EQ(of(counts, cause::connect), 0U);
}

TEST(request_counts, duration_mode_has_no_planned_number_and_a_killed_level_no_dropped) {
  const request_counts counts = count_requests(level_of({completed(0, 0ms, {chunk(20ms)})}));
  EXPECT_FALSE(counts.planned);
  EXPECT_EQ(counts.dropped, 0U);
}

} // namespace
} // namespace loadgen::metrics
