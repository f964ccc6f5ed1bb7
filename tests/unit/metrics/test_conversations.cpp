#include "metrics/conversations.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

/// Turn `turn` of `turns` of conversation `number`: sent at `sent`, first token 100 ms later, the second 10 ms after
/// it.
request_record turn_of(std::uint64_t number, std::uint32_t turn, std::uint32_t turns, duration sent) {
  request_record record = completed(number * 10 + turn, sent, {chunk(sent + 100ms), chunk(sent + 110ms)});
  record.conversation = conversation_place{number, turn, turns};
  record.usage.input = 10 * turn;
  record.usage.output = 2;
  return record;
}

request_record ended_as(request_record record, outcome end, cause why) {
  record.end = end;
  record.why = why;
  record.chunks.clear();
  record.done.reset();
  return record;
}

TEST(conversations, a_level_without_any_has_no_figures_of_them) {
  const recorded_level level = level_of({completed(0, 0ms, {chunk(50ms)})});
  EXPECT_FALSE(summarize(level).conversations);
}

TEST(conversations, ends_and_durations_are_counted) {
  recorded_level level = level_of({
      turn_of(0, 1, 2, 0s), turn_of(0, 2, 2, 3s),                                              // 3.111 s
      turn_of(1, 1, 3, 1s), ended_as(turn_of(1, 2, 3, 2s), outcome::failed, cause::truncated), // failed
      turn_of(2, 1, 3, 1s), turn_of(2, 2, 3, 4s),                                              // cut off while thinking
      ended_as(turn_of(3, 1, 1, 5s), outcome::cancelled, cause::drain_limit),                  // cut off
      turn_of(4, 1, 1, 6s),                                                                    // 0.111 s
  });
  request_record warmup = turn_of(0, 1, 2, 0s);
  warmup.warmup = true;
  level.requests.insert(level.requests.begin(), warmup);
  level.info.planned_conversations = 9;
  for (const sample_keeping keep : {sample_keeping::all, sample_keeping::histogram}) {
    conversation_counter counter = counted(conversation_counter{keep}, level);
    const auto found = counter.summary(level.info);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->planned, 9U);
    EXPECT_EQ(found->begun, 5U);
    EXPECT_EQ(found->completed, 2U);
    EXPECT_EQ(found->failed, 1U);
    EXPECT_EQ(found->cut_off, 2U);
    EXPECT_EQ(found->duration_s.count, 2U);
    EXPECT_NEAR(*found->duration_s.min, 0.111, 1e-9);
    EXPECT_NEAR(*found->duration_s.max, 3.111, 1e-9);
  }
}

TEST(conversations, each_turn_has_the_figures_of_its_requests) {
  recorded_level level = level_of({
      turn_of(0, 1, 3, 0s),
      turn_of(0, 2, 3, 1s),
      turn_of(0, 3, 3, 2s),
      turn_of(1, 1, 2, 0s),
      turn_of(1, 2, 2, 1s),
      turn_of(2, 1, 2, 0s),
      ended_as(turn_of(2, 2, 2, 1s), outcome::failed, cause::http_status),
  });
  level.requests[1].usage.cached = 15; // of 20
  level.requests[4].usage.cached = 1;  // of 20
  level.requests[4].usage.input = 30;
  level.requests[3].chunks.clear(); // completed without content: no latencies, but tokens
  const auto found = summarize(level).conversations;
  ASSERT_TRUE(found);
  ASSERT_EQ(found->turns.size(), 3U);
  const turn_summary &first = found->turns[0], &second = found->turns[1], &third = found->turns[2];
  EXPECT_EQ(first.turn, 1U);
  EXPECT_EQ(first.issued, 3U);
  EXPECT_EQ(first.completed, 3U);
  EXPECT_EQ(first.ttft_ms.count, 2U);
  EXPECT_EQ(first.output_tokens.count, 3U);
  EXPECT_EQ(first.cached_input_share, std::nullopt);
  EXPECT_EQ(second.issued, 3U);
  EXPECT_EQ(second.failed, 1U);
  EXPECT_EQ(second.completed, 2U);
  EXPECT_EQ(*second.cached_input_share, 16.0 / 50);
  EXPECT_EQ(second.input_tokens.min, 20);
  EXPECT_EQ(second.input_tokens.max, 30);
  EXPECT_EQ(third.ttft_ms.p50, 100);
  EXPECT_EQ(third.tpot_ms.p50, 10);
  EXPECT_EQ(third.e2e_ms.p50, 110);
  EXPECT_EQ(third.output_tokens.p50, 2);
}

TEST(conversations, their_later_turns_are_no_arrivals) {
  recorded_level level;
  for (std::uint64_t i = 0; i < 4; ++i)
    for (std::uint32_t turn = 1; turn <= 3; ++turn) {
      request_record record = turn_of(i, turn, 3, 1s * static_cast<std::int64_t>(i) + 777ms * turn * turn);
      record.planned = record.sent;
      level.requests.push_back(record);
    }
  const auto found = summarize(level).arrivals;
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->planned.rate, 1, 1e-9);
  EXPECT_NEAR(found->achieved.cv, 0, 1e-9);
}

/// Conversations that begin every 10 ms and take 400 ms, of which each turn takes 100 ms or, where the server falls
/// behind, ever longer.
recorded_level open_loop(duration slowdown) {
  recorded_level level;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const duration begin = 10ms * static_cast<std::int64_t>(i), late = slowdown * static_cast<std::int64_t>(i);
    for (std::uint32_t turn = 1; turn <= 2; ++turn) {
      request_record record = turn_of(i, turn, 2, begin + (turn - 1) * (300ms + late));
      record.planned = record.sent;
      record.ended = *record.planned + 100ms + late;
      level.requests.push_back(record);
    }
  }
  return level;
}

TEST(conversations, of_an_open_loop_are_what_queues) {
  const auto steady = summarize(open_loop(0ms)).queue;
  ASSERT_TRUE(steady);
  EXPECT_FALSE(steady->saturated);
  EXPECT_EQ(steady->end, 40U); // 400 ms of one each 10 ms, thinking included
  EXPECT_TRUE(summarize(open_loop(5ms)).queue->saturated);
}

} // namespace
} // namespace loadgen::metrics
