#include "client/response_reader.hpp"
#include "support/recorded_streams.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

namespace loadgen::client {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::cause;
using metrics::chunk_stamp;
using metrics::outcome;

constexpr instant start{1000s};

class response_reader_test : public testing::Test {
protected:
  response_reader_test() { reader.begin(record); }

  // One read, `when` after the start.
  net::stream_sink::appetite feed(std::string_view bytes, duration when, bool behind = false, bool kernel = true) {
    return reader.on_bytes(bytes, {start + when, kernel, behind});
  }

  void conclude(net::exchange_end end = net::exchange_end::satisfied) {
    net::exchange_result result;
    result.end = end;
    result.ended = start + 60s;
    reader.conclude(result, cause::none);
  }

  stream_meter meter;
  metrics::request_record record;
  response_reader reader{endpoint_kind::chat, meter};
};

TEST_F(response_reader_test, each_clock_point_is_the_arrival_of_the_read_that_made_it) {
  feed("HTTP/1.1 200 OK\r\nContent-Type: text/ev", 10ms);
  feed("ent-stream\r\nTransfer-Encoding: chunked\r\n\r\n", 11ms);
  feed(chunk("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"), 20ms);
  feed(token_chunk("a"), 30ms);
  feed(token_chunk("b"), 45ms);
  EXPECT_EQ(feed(stream_tail(), 50ms), net::stream_sink::appetite::satisfied);
  conclude();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_EQ(record.first_byte, start + 10ms);
  EXPECT_EQ(record.first_event, start + 20ms);
  ASSERT_EQ(record.empty_events.size(), 2U); // the first has a role, so its empty content is no blank token
  EXPECT_EQ(record.empty_events[0].arrival, start + 20ms);
  EXPECT_EQ(record.empty_events[0].flags, 0);
  EXPECT_EQ(record.empty_events[1].arrival, start + 50ms); // the finish_reason
  ASSERT_EQ(record.chunks.size(), 2U);
  EXPECT_EQ(record.chunks[0].arrival, start + 30ms);
  EXPECT_EQ(record.chunks[1].arrival, start + 45ms);
  EXPECT_EQ(record.done, start + 50ms);
  EXPECT_EQ(record.chunks[0].flags, chunk_stamp::answer);
  EXPECT_TRUE(reader.connection_reusable());
  EXPECT_EQ(meter.content_events.load(), 2U);
}

TEST_F(response_reader_test, an_event_split_over_reads_arrives_with_the_read_that_completes_it) {
  const std::string token = token_chunk("a");
  feed(stream_head() + token.substr(0, 30), 10ms);
  EXPECT_TRUE(record.chunks.empty());
  feed(token.substr(30), 25ms);
  ASSERT_EQ(record.chunks.size(), 1U);
  EXPECT_EQ(record.chunks[0].arrival, start + 25ms);
}

TEST_F(response_reader_test, of_several_content_events_in_a_read_all_but_the_last_are_coalesced) {
  feed(stream_head(), 1ms);
  feed(token_chunk("a") + token_chunk("b") + token_chunk("c"), 10ms);
  feed(token_chunk("d") + token_chunk("e"), 20ms, true);
  ASSERT_EQ(record.chunks.size(), 5U);
  const auto coalesced = [this](std::size_t i) { return record.chunks[i].has(chunk_stamp::coalesced); };
  EXPECT_TRUE(coalesced(0) && coalesced(1) && coalesced(3));
  EXPECT_FALSE(coalesced(2) || coalesced(4));
  EXPECT_FALSE(record.chunks[0].has(chunk_stamp::behind));
  EXPECT_TRUE(record.chunks[3].has(chunk_stamp::behind));
  EXPECT_EQ(record.chunks[0].arrival, start + 10ms); // the stamp of the read, never a time made up between
}

TEST_F(response_reader_test, role_finish_usage_and_done_events_beside_one_token_coalesce_nothing) {
  feed(stream_head() +
           chunk("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n"
                 "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n") +
           stream_tail(),
       10ms);
  conclude();
  ASSERT_EQ(record.chunks.size(), 1U);
  EXPECT_FALSE(record.chunks[0].has(chunk_stamp::coalesced));
  EXPECT_EQ(record.end, outcome::completed);
}

TEST_F(response_reader_test, reasoning_is_content_but_not_the_answer) {
  feed(stream_head() + chunk("data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n"), 10ms);
  feed(token_chunk("a"), 20ms, false, false);
  ASSERT_EQ(record.chunks.size(), 2U);
  EXPECT_FALSE(record.chunks[0].has(chunk_stamp::answer));
  EXPECT_TRUE(record.chunks[1].has(chunk_stamp::answer));
  EXPECT_FALSE(record.chunks[0].has(chunk_stamp::user_stamped));
  EXPECT_TRUE(record.chunks[1].has(chunk_stamp::user_stamped));
}

TEST_F(response_reader_test, the_last_terminal_event_is_the_end_of_the_request) {
  feed(stream_head() + token_chunk("a"), 10ms);
  feed(chunk("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"), 20ms);
  EXPECT_EQ(record.done, start + 20ms);
  feed(chunk("data: [DONE]\n\n"), 30ms);
  EXPECT_EQ(record.done, start + 30ms);
  feed("0\r\n\r\n", 40ms);
  EXPECT_EQ(record.done, start + 30ms);
}

TEST_F(response_reader_test, bytes_behind_the_response_make_the_connection_unusable) {
  feed(stream_head() + token_chunk("a") + stream_tail() + "HTTP/1.1 200 OK\r\n", 10ms);
  conclude();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_FALSE(reader.connection_reusable());
}

TEST_F(response_reader_test, a_completed_stream_without_content_is_completed_and_empty) {
  feed(stream_head() + stream_tail(), 10ms);
  conclude();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_TRUE(record.chunks.empty());
}

TEST_F(response_reader_test, an_event_above_the_limit_is_too_large) {
  feed(stream_head(), 1ms);
  const std::string much(1U << 20U, 'x');
  auto wanted = feed(chunk("data: " + much), 2ms);
  for (int i = 0; i < 17 && wanted == net::stream_sink::appetite::more; ++i) wanted = feed(chunk(much), 3ms);
  EXPECT_EQ(wanted, net::stream_sink::appetite::satisfied);
  conclude();
  EXPECT_EQ(record.why, cause::too_large);
  EXPECT_FALSE(reader.connection_reusable());
}

TEST_F(response_reader_test, the_server_s_counts_and_figures_are_kept) {
  feed(load_recorded_stream("llamacpp-chat-stream_usage").bytes, 10ms);
  conclude();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_EQ(record.usage.output, 12U); // all worked out by eye from the recording
  EXPECT_EQ(record.usage.input, 17U);
  EXPECT_EQ(record.usage.cached, 16U);
  EXPECT_EQ(record.finish_reason, "length");
  EXPECT_EQ(record.chunks.size(), 12U);
  const auto figure = std::find_if(record.server_figures.begin(), record.server_figures.end(),
                                   [](const auto& named) { return named.first == "prompt_ms"; });
  ASSERT_NE(figure, record.server_figures.end());
  EXPECT_DOUBLE_EQ(figure->second, 74.046);
}

// The outcome of every recorded stream of a real engine, by the rules of docs/metrics.md.
TEST_F(response_reader_test, recorded_failures_have_their_causes) {
  struct expectation {
    const char* stream;
    cause why;
    const char* words;
  };

  for (const expectation& expected : {
           expectation{"vllm-chat-midstream_engine_killed", cause::in_band_error, "EngineCore encountered an issue"},
           expectation{"llamacpp-chat-midstream_sigterm", cause::truncated, "inside the response"},
           expectation{"transformers-chat-err_max0", cause::in_band_error, ""},
           expectation{"vllm-chat-err_auth", cause::http_status, "Unauthorized"},
           expectation{"transformers-chat-err_nomessages", cause::http_status, "Internal Server Error"},
           expectation{"llamacpp-chat-nonstream", cause::content_type, "application/json"},
       }) {
    metrics::request_record failed;
    reader.begin(failed);
    const std::string bytes = load_recorded_stream(expected.stream).bytes;
    const bool whole = reader.on_bytes(bytes, {start, true, false}) == net::stream_sink::appetite::satisfied;
    net::exchange_result result;
    result.end = whole ? net::exchange_end::satisfied : net::exchange_end::closed;
    reader.conclude(result, cause::none);
    EXPECT_EQ(to_string(failed.why), to_string(expected.why)) << expected.stream << ": " << failed.message;
    EXPECT_NE(failed.message.find(expected.words), std::string::npos) << expected.stream << ": " << failed.message;
  }
}

} // namespace
} // namespace loadgen::client
