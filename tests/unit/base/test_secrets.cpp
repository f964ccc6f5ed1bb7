#include <loadgen/base/secrets.hpp>

#include <gtest/gtest.h>

namespace loadgen {
namespace {

TEST(secrets, headers_that_speak_of_one_are_secret_in_any_case) {
  for (const char* name : {"Authorization", "authorization", "X-API-KEY", "Cookie", "Proxy-Auth", "X-Session-Id",
                           "My-Token", "client-secret", "X-Password"})
    EXPECT_TRUE(is_secret_header(name)) << name;
  for (const char* name : {"Accept", "Content-Type", "X-Request-Id", "Host", "User-Agent"})
    EXPECT_FALSE(is_secret_header(name)) << name;
}

} // namespace
} // namespace loadgen
