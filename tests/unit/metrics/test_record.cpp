#include <loadgen/metrics/record.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace loadgen::metrics {
namespace {

TEST(record, every_cause_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < cause_count; ++i) names.insert(to_string(static_cast<cause>(i)));
  EXPECT_EQ(names.size(), cause_count);
  EXPECT_EQ(to_string(cause::none), "");
  EXPECT_EQ(to_string(cause::dns), "dns");
  EXPECT_EQ(to_string(cause::http_status), "http_status");
  EXPECT_EQ(to_string(cause::too_large), "too_large");
  EXPECT_EQ(to_string(cause::drain_limit), "drain_limit");
  EXPECT_EQ(to_string(cause::interrupt), "interrupt");
}

TEST(record, outcomes_are_named) {
  EXPECT_EQ(to_string(outcome::completed), "completed");
  EXPECT_EQ(to_string(outcome::failed), "failed");
  EXPECT_EQ(to_string(outcome::cancelled), "cancelled");
}

} // namespace
} // namespace loadgen::metrics
