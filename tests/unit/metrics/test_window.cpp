#include "metrics/window.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

std::optional<window> measured_window(const recorded_level& level) {
  return counted(window_finder{}, level).found(level.end);
}

TEST(window, in_count_mode_spans_the_first_sent_to_the_last_done) {
  recorded_level level = level_of({completed(0, 50ms, {chunk(900ms)}), completed(1, 40ms, {chunk(100ms)})});
  level.end = quiet_end(60ms, 2s);
  const auto in = measured_window(level);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->begin, at(40ms));
  EXPECT_EQ(in->end, at(901ms));
  EXPECT_EQ(in->length(), 861ms);
}

TEST(window, in_duration_mode_ends_when_issuing_stops) {
  recorded_level level = level_of({completed(0, 50ms, {chunk(900ms)})});
  level.end = quiet_end(500ms, 2s);
  level.end->duration_mode = true;
  EXPECT_EQ(measured_window(level)->end, at(500ms));
}

TEST(window, warm_up_is_outside) {
  recorded_level level = level_of({completed(0, 10ms, {chunk(5s)}), completed(0, 50ms, {chunk(900ms)})});
  level.requests[0].warmup = true;
  EXPECT_EQ(measured_window(level)->begin, at(50ms));
  EXPECT_EQ(measured_window(level)->end, at(901ms));
}

TEST(window, of_a_killed_level_comes_from_its_records) {
  const recorded_level level = level_of({completed(0, 50ms, {chunk(900ms)})});
  EXPECT_EQ(measured_window(level)->end, at(901ms));
}

TEST(window, where_no_request_was_done_ends_with_the_last_that_was_given_up) {
  request_record stalled = not_completed(0, 50ms, outcome::failed, cause::stall_timeout);
  stalled.ended = at(3s);
  EXPECT_EQ(measured_window(level_of({stalled}))->length(), 2950ms);
}

TEST(window, where_nothing_was_sent_there_is_none) {
  request_record refused = not_completed(0, 50ms, outcome::failed, cause::connect);
  refused.sent = std::nullopt;
  EXPECT_FALSE(measured_window(level_of({refused})));
  EXPECT_FALSE(measured_window(level_of({})));
}

TEST(window, is_never_negative) {
  recorded_level level = level_of({completed(0, 50ms, {chunk(900ms)})});
  level.end = quiet_end(20ms, 2s);
  level.end->duration_mode = true;
  EXPECT_EQ(measured_window(level)->length(), 0ms);
}

TEST(window, a_request_ended_inside_by_its_done_in_duration_mode_and_always_in_count_mode) {
  window in{at(0ms), at(100ms), true};
  EXPECT_TRUE(in.ended_inside(completed(0, 50ms, {chunk(99ms)})));   // done at 100 ms, the last moment
  EXPECT_FALSE(in.ended_inside(completed(0, 50ms, {chunk(100ms)}))); // done at 101 ms
  in.duration_mode = false;
  EXPECT_TRUE(in.ended_inside(completed(0, 50ms, {chunk(100ms)})));
}

} // namespace
} // namespace loadgen::metrics
