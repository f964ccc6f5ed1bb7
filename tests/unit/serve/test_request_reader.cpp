#include "serve/request_reader.hpp"

#include <gtest/gtest.h>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;

std::size_t feed(request_reader& reader, std::string_view bytes, instant arrival = instant{1s}) {
  return reader.feed({.bytes = bytes, .arrival = arrival, .kernel_stamp = true});
}

TEST(request_reader, arrival_is_that_of_the_first_byte) {
  request_reader reader;
  feed(reader, "POST /v1/completions?x=1 HTTP/1.1\r\ncontent-le", instant{1s});
  feed(reader, "ngth: 2\r\n\r\n{", instant{2s});
  EXPECT_FALSE(reader.complete());
  EXPECT_EQ(feed(reader, "}GET", instant{3s}), 1U);
  ASSERT_TRUE(reader.complete());
  EXPECT_EQ(reader.request().method, "POST");
  EXPECT_EQ(reader.request().path, "/v1/completions");
  EXPECT_EQ(reader.request().body, "{}");
  EXPECT_TRUE(reader.request().keep_alive);
  EXPECT_EQ(reader.request().arrival, instant{1s});

  reader.reset();
  feed(reader, "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n", instant{4s});
  ASSERT_TRUE(reader.complete());
  EXPECT_EQ(reader.request().arrival, instant{4s});
  EXPECT_EQ(reader.request().body, "");
  EXPECT_FALSE(reader.request().keep_alive);
}

TEST(request_reader, http_1_0_is_not_kept_alive) {
  request_reader reader;
  feed(reader, "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(reader.complete());
  EXPECT_FALSE(reader.request().keep_alive);
}

TEST(request_reader, announced_body_above_the_limit) {
  request_reader reader;
  feed(reader, "POST / HTTP/1.1\r\ncontent-length: 67108864\r\n\r\n");
  EXPECT_FALSE(reader.refusal());
  request_reader larger;
  feed(larger, "POST / HTTP/1.1\r\ncontent-length: 67108865\r\nexpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(larger.refusal());
  EXPECT_EQ(larger.refusal()->status, 413);
  EXPECT_FALSE(larger.take_expectation());
}

TEST(request_reader, chunked_body_above_the_limit) {
  request_reader reader;
  feed(reader, "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
  const std::string piece = "100000\r\n" + std::string(1U << 20U, 'x') + "\r\n"; // 1 MiB
  for (int i = 0; i < 64; ++i) feed(reader, piece);
  EXPECT_FALSE(reader.refusal());
  feed(reader, "1\r\nx\r\n");
  ASSERT_TRUE(reader.refusal());
  EXPECT_EQ(reader.refusal()->status, 413);
}

TEST(request_reader, malformed_and_oversized_heads) {
  request_reader malformed;
  feed(malformed, "nonsense\r\n\r\n");
  ASSERT_TRUE(malformed.refusal());
  EXPECT_EQ(malformed.refusal()->status, 400);
  request_reader oversized;
  feed(oversized, "GET / HTTP/1.1\r\nx: " + std::string(70'000, 'y'));
  ASSERT_TRUE(oversized.refusal());
  EXPECT_EQ(oversized.refusal()->status, 431);
}

TEST(request_reader, expectation_is_told_once) {
  request_reader reader;
  feed(reader, "POST / HTTP/1.1\r\ncontent-length: 1\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
}

} // namespace
} // namespace loadgen::serve
