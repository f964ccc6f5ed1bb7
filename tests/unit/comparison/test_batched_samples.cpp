#include "comparison/batched_samples.hpp"
#include "unit/metrics/support.hpp"

#include <gtest/gtest.h>

namespace loadgen::comparison {
namespace {

using namespace std::chrono_literals;
using metrics::chunk;
using metrics::completed;
using metrics::level_of;
using metrics::metric;

/// Request `index` with a ttft of 1 ms a place in the plan, and then `gaps` gaps of 5 ms.
metrics::request_record request(std::uint64_t index, int gaps = 1) {
  const duration sent = 100ms * index, first = sent + 1ms * (index + 1);
  std::vector<metrics::chunk_stamp> chunks;
  for (int i = 0; i <= gaps; ++i) chunks.push_back(chunk(first + 5ms * i));
  return completed(index, sent, std::move(chunks));
}

TEST(batched_samples, batches_are_equal_parts_of_the_plan) {
  std::vector<metrics::request_record> requests;
  for (std::uint64_t i = 0; i < 40; ++i) requests.push_back(request(i));
  const batched_samples samples{metric::ttft, level_of(std::move(requests)), 40};
  EXPECT_EQ(samples.requests(), 40U);
  EXPECT_EQ(samples.share_at(20), 0.5);
  const metrics::batch_excesses shares = samples.share_excesses(20); // ttft 1 to 20 ms: the first ten batches
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(shares[i], (i < 10 ? 1 : -1) / 40.0, 1e-12) << i;
  const metrics::batch_excesses means = samples.mean_excesses(20.5); // batch k has 2k + 1 and 2k + 2, together 820
  for (std::size_t i = 0; i < means.size(); ++i)
    EXPECT_NEAR(means[i], (4.0 * static_cast<double>(i) + 3 - 41) / 820, 1e-12) << i;
}

TEST(batched_samples, a_request_that_is_missing_moves_no_other_to_another_batch) {
  std::vector<metrics::request_record> requests;
  for (std::uint64_t i = 0; i < 40; ++i)
    if (i != 0 && i != 1 && i != 39) requests.push_back(request(i));
  const batched_samples samples{metric::ttft, level_of(std::move(requests)), 40};
  EXPECT_EQ(samples.requests(), 37U);
  const metrics::batch_excesses shares = samples.share_excesses(4); // only the two of batch 1 are that early
  EXPECT_EQ(shares[0], 0);
  EXPECT_NEAR(shares[1], (2 - 2 * 2.0 / 37) / 37, 1e-12);
  EXPECT_NEAR(shares[19], -(2.0 / 37) / 37, 1e-12);
}

TEST(batched_samples, gaps_are_in_the_batch_of_their_request) {
  std::vector<metrics::request_record> requests;
  for (std::uint64_t i = 0; i < 20; ++i) requests.push_back(request(i, i == 3 ? 10 : 1));
  const batched_samples samples{metric::itl, level_of(std::move(requests)), 20};
  EXPECT_EQ(samples.count(), 29U);
  EXPECT_EQ(samples.requests(), 20U);
  EXPECT_EQ(samples.sorted().front(), 5);
}

TEST(batched_samples, warm_up_and_what_did_not_complete_give_none) {
  metrics::request_record warmup = request(0);
  warmup.warmup = true;
  const metrics::request_record failed =
      metrics::not_completed(1, 0s, metrics::outcome::failed, metrics::cause::stall_timeout);
  const auto level = level_of({warmup, request(0), failed});
  EXPECT_EQ(positions_of(level), 2U);
  EXPECT_EQ((batched_samples{metric::ttft, level, 2}.requests()), 1U);
}

} // namespace
} // namespace loadgen::comparison
