#include "http/message_head.hpp"

#include <gtest/gtest.h>

namespace loadgen::http {
namespace {

using std::chrono::seconds;

message_head head_with(std::vector<header_field> headers, int version_minor = 1) {
  message_head head;
  head.version_minor = version_minor;
  head.headers = std::move(headers);
  return head;
}

TEST(message_head, header_gives_the_first_of_its_name) {
  const message_head head = head_with({{"a", "1"}, {"b", ""}, {"a", "2"}});
  EXPECT_EQ(head.header("a"), "1");
  EXPECT_EQ(head.header("b"), "");
  EXPECT_EQ(head.header("c"), std::nullopt);
}

TEST(message_head, keep_alive_is_the_default_of_http_1_1_only) {
  EXPECT_TRUE(head_with({}).keep_alive());
  EXPECT_FALSE(head_with({}, 0).keep_alive());
  EXPECT_TRUE(head_with({}, 2).keep_alive());
}

TEST(message_head, connection_options_are_tokens_of_lists) {
  EXPECT_FALSE(head_with({{"connection", "close"}}).keep_alive());
  EXPECT_FALSE(head_with({{"connection", "Upgrade , CLOSE"}}).keep_alive());
  EXPECT_FALSE(head_with({{"connection", "keep-alive"}, {"connection", "close"}}).keep_alive());
  EXPECT_TRUE(head_with({{"connection", "closed"}}).keep_alive());
  EXPECT_TRUE(head_with({{"connection", ",Keep-Alive"}}, 0).keep_alive());
  EXPECT_FALSE(head_with({{"connection", "keep-alive, close"}}, 0).keep_alive());
}

TEST(keep_alive_limits, of_a_server_that_says_both) {
  const keep_alive_limits limits = read_keep_alive_limits(head_with({{"keep-alive", "timeout=5, max=100"}}));
  EXPECT_EQ(limits.timeout, seconds{5});
  EXPECT_EQ(limits.max, 100U);
}

TEST(keep_alive_limits, spaces_letter_case_and_other_parameters_do_not_matter) {
  const keep_alive_limits limits = read_keep_alive_limits(head_with({{"keep-alive", "x=1,TIMEOUT = 7 ,, y"}}));
  EXPECT_EQ(limits.timeout, seconds{7});
  EXPECT_EQ(limits.max, std::nullopt);
}

TEST(keep_alive_limits, what_cannot_be_read_was_not_said) {
  const keep_alive_limits limits = read_keep_alive_limits(head_with({{"keep-alive", "timeout=soon, max=4294967296"}}));
  EXPECT_EQ(limits.timeout, std::nullopt);
  EXPECT_EQ(limits.max, std::nullopt);
}

TEST(keep_alive_limits, of_a_server_that_says_nothing) {
  const keep_alive_limits limits = read_keep_alive_limits(head_with({{"connection", "keep-alive"}}));
  EXPECT_EQ(limits.timeout, std::nullopt);
  EXPECT_EQ(limits.max, std::nullopt);
}

} // namespace
} // namespace loadgen::http
