// Broken bytes must be read to an end or refused, the same way however they are cut, and without harm: run under the
// address sanitizer this is a small fuzzer with a fixed seed.

#include "random_response.hpp"
#include "support/recorded_streams.hpp"
#include "transcript.hpp"

#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

/// `bytes` with one to four small changes, of the kinds that reach the parsers' corners.
std::string mutated(random_stream& random, std::string bytes) {
  using namespace std::string_view_literals;
  constexpr std::array inserts{"\r"sv,
                               "\n"sv,
                               "\r\n"sv,
                               "\0"sv,
                               ":"sv,
                               ";"sv,
                               " "sv,
                               "0"sv,
                               "f"sv,
                               "-"sv,
                               "g"sv,
                               "\xEF\xBB\xBF"sv,
                               "0\r\n\r\n"sv,
                               "FFFFFFFFFFFFFFFF"sv,
                               "Transfer-Encoding: chunked\r\n"sv,
                               "Content-Length: 5\r\n"sv,
                               "data: x\n\n"sv};
  const std::size_t changes = pick(random, 1, 4);
  for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
    // Half of the changes go to the head, which is a small part of most messages.
    const std::size_t at =
        pick(random, 0, one_in(random, 2) ? std::min<std::size_t>(bytes.size(), 300) - 1 : bytes.size() - 1);
    switch (pick(random, 0, 4)) {
    case 0: bytes[at] = static_cast<char>(pick(random, 0, 255)); break;
    case 1: bytes.erase(at, pick(random, 1, 8)); break;
    case 2: bytes.insert(at, pick_one(random, inserts)); break;
    case 3: bytes.insert(at, bytes.substr(pick(random, 0, bytes.size() - 1), pick(random, 1, 64))); break;
    case 4: bytes.resize(at); break;
    }
  }
  return bytes;
}

struct verdicts {
  int refused = 0, complete = 0, unfinished = 0;
};

void read_in_three_ways(random_stream& random, const std::string& bytes, verdicts& counts) {
  const transcript whole = transcribe_whole(bytes);
  ASSERT_LE(whole.taken, bytes.size());
  ASSERT_LE(whole.body.size(), whole.taken);
  ASSERT_FALSE(whole.complete && whole.error != http::parse_error::none);
  const bool ended = whole.complete || whole.error != http::parse_error::none;
  ASSERT_TRUE(ended || whole.taken == bytes.size());
  ASSERT_TRUE(transcribe_bytewise(bytes) == whole);
  ASSERT_TRUE(transcribe(bytes, [&] { return pick(random, 1, 100); }) == whole);
  ++(whole.error != http::parse_error::none ? counts.refused
     : whole.complete_at_close              ? counts.complete
                                            : counts.unfinished);
}

void expect_each_verdict_often(const verdicts& counts) { // or the mutations no longer reach what they are for
  EXPECT_GT(counts.refused, 100);
  EXPECT_GT(counts.complete, 100);
  EXPECT_GT(counts.unfinished, 100);
}

TEST(mutations, of_recorded_streams) {
  verdicts counts;
  for (const recorded_stream& stream : load_recorded_streams()) {
    for (std::uint64_t round = 0; round < 50; ++round) {
      SCOPED_TRACE(stream.name + ", round " + std::to_string(round));
      random_stream random{2, stream.name, round};
      read_in_three_ways(random, mutated(random, stream.bytes), counts);
      if (HasFatalFailure()) return;
    }
  }
  expect_each_verdict_often(counts);
}

TEST(mutations, of_random_responses) {
  verdicts counts;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_stream random{seed, "mutation"};
    read_in_three_ways(random, mutated(random, random_response(random)), counts);
    if (HasFatalFailure()) return;
  }
  expect_each_verdict_often(counts);
}

} // namespace
} // namespace loadgen::test
