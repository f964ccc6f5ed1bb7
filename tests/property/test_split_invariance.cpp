// How the network cuts a response into reads must change nothing of what is read.

#include "random_response.hpp"
#include "support/recorded_streams.hpp"
#include "transcript.hpp"

#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

TEST(split_invariance, recorded_streams_in_two_pieces_at_every_byte) {
  for (const recorded_stream& stream : load_recorded_streams()) {
    const std::string_view bytes = stream.bytes;
    const transcript expected = transcribe_whole(bytes);
    ASSERT_EQ(expected.taken, bytes.size()) << stream.name;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      transcriber writer;
      ASSERT_TRUE(writer.feed(bytes.substr(0, cut))) << stream.name << " cut at " << cut;
      writer.feed(bytes.substr(cut));
      ASSERT_TRUE(writer.finish() == expected) << stream.name << " cut at " << cut;
    }
  }
}

TEST(split_invariance, recorded_streams_in_single_bytes) {
  for (const recorded_stream& stream : load_recorded_streams())
    EXPECT_TRUE(transcribe_bytewise(stream.bytes) == transcribe_whole(stream.bytes)) << stream.name;
}

TEST(split_invariance, recorded_streams_at_random) {
  for (const recorded_stream& stream : load_recorded_streams()) {
    const transcript expected = transcribe_whole(stream.bytes);
    for (const std::size_t longest : {3U, 20U, 300U, 2000U}) {
      for (std::uint64_t round = 0; round < 10; ++round) {
        random_stream random{1, stream.name, round};
        EXPECT_TRUE(transcribe(stream.bytes, [&] { return pick(random, 1, longest); }) == expected)
            << stream.name << " in pieces up to " << longest << ", round " << round;
      }
    }
  }
}

TEST(split_invariance, random_responses_in_single_bytes_and_at_random) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    random_stream random{seed, "response"};
    const std::string bytes = random_response(random);
    const transcript expected = transcribe_whole(bytes);
    ASSERT_TRUE(expected.complete_at_close) << "seed " << seed << ":\n" << bytes;
    ASSERT_TRUE(transcribe_bytewise(bytes) == expected) << "seed " << seed;
    ASSERT_TRUE(transcribe(bytes, [&] { return pick(random, 1, 50); }) == expected) << "seed " << seed;
  }
}

TEST(recorded_streams, every_one_is_complete_but_the_one_that_was_cut) {
  for (const recorded_stream& stream : load_recorded_streams()) {
    const transcript whole = transcribe_whole(stream.bytes);
    EXPECT_EQ(whole.heads, 1) << stream.name;
    EXPECT_EQ(whole.error, http::parse_error::none) << stream.name;
    EXPECT_EQ(whole.complete, stream.name != "llamacpp-chat-midstream_sigterm") << stream.name;
  }
}

TEST(recorded_streams, have_the_events_that_were_counted_when_they_were_recorded) {
  const auto event_count = [](std::string_view name) {
    return transcribe_whole(load_recorded_stream(name).bytes).event_count;
  };
  EXPECT_EQ(event_count("generate-generate-stream"), 16U);
  EXPECT_EQ(event_count("llamacpp-chat-stream_usage"), 16U);
  EXPECT_EQ(event_count("llamacpp-chat-midstream_sigterm"), 19U);
  EXPECT_EQ(event_count("llamacpp-completion-stream"), 13U);
  EXPECT_EQ(event_count("llamacpp-completions-multi_prompt"), 14U);
  EXPECT_EQ(event_count("transformers-chat-stream"), 14U);
  EXPECT_EQ(event_count("vllm-chat-n2"), 16U);
  EXPECT_EQ(event_count("vllm_si4-chat-queued_keepalive"), 6U);
  EXPECT_EQ(event_count("vllm_r1-completions-utf8"), 37U);
}

} // namespace
} // namespace loadgen::test
