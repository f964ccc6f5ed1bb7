#include "serve/settings.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;

void expect_refused(const server_settings& settings, std::string_view name) {
  const auto valid = validate(settings);
  ASSERT_FALSE(valid) << name;
  EXPECT_EQ(valid.error().code, errc::invalid_input);
  EXPECT_EQ(valid.error().message.substr(0, name.size()), name);
}

TEST(settings, defaults_are_valid) {
  EXPECT_TRUE(validate({}));
}

TEST(settings, bounds_are_valid) {
  EXPECT_TRUE(validate({.ttft = 0s, .itl = 0s, .itl_cv = 0, .tokens = 1}));
  EXPECT_TRUE(validate({.ttft = 1h, .itl = 1h, .itl_cv = 10, .tokens = 1'000'000, .tokens_per_chunk = 1000}));
}

TEST(settings, out_of_range_values_are_named) {
  expect_refused({.model = ""}, "model");
  expect_refused({.ttft = -1ns}, "ttft");
  expect_refused({.ttft = 1h + 1ns}, "ttft");
  expect_refused({.itl = -1ns}, "itl");
  expect_refused({.itl = 2h}, "itl");
  expect_refused({.itl_cv = -0.1}, "itl_cv");
  expect_refused({.itl_cv = 10.1}, "itl_cv");
  expect_refused({.itl_cv = std::numeric_limits<double>::quiet_NaN()}, "itl_cv");
  expect_refused({.tokens = 0}, "tokens");
  expect_refused({.tokens = 1'000'001}, "tokens");
  expect_refused({.tokens_per_chunk = 0}, "tokens_per_chunk");
  expect_refused({.tokens_per_chunk = 1001}, "tokens_per_chunk");
  expect_refused({.tls_certificate = "server.pem"}, "a certificate and its key");
  expect_refused({.tls_key = "server.key"}, "a certificate and its key");
}

} // namespace
} // namespace loadgen::serve
