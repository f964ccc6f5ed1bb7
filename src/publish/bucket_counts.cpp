#include "publish/bucket_counts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace loadgen::publish {

namespace {

constexpr std::array first_token_bounds{1.0,     1.5,     2.0,     3.0,     5.0,    7.5,    10.0,   15.0,
                                        20.0,    30.0,    50.0,    75.0,    100.0,  150.0,  200.0,  300.0,
                                        500.0,   750.0,   1000.0,  1500.0,  2000.0, 3000.0, 5000.0, 7500.0,
                                        10000.0, 15000.0, 20000.0, 30000.0, 60000.0};
constexpr std::array gap_bounds{0.5,  0.75, 1.0,  1.5,   2.0,   3.0,   5.0,   7.5,   10.0,  15.0,  20.0,
                                30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 750.0, 1000.0};
constexpr std::array whole_bounds{10.0,     15.0,     20.0,     30.0,     50.0,    75.0,    100.0,   150.0,
                                  200.0,    300.0,    500.0,    750.0,    1000.0,  1500.0,  2000.0,  3000.0,
                                  5000.0,   7500.0,   10000.0,  15000.0,  20000.0, 30000.0, 50000.0, 75000.0,
                                  100000.0, 150000.0, 200000.0, 300000.0, 600000.0};

} // namespace

std::span<const double> first_token_bounds_ms() noexcept {
  return first_token_bounds;
}

std::span<const double> gap_bounds_ms() noexcept {
  return gap_bounds;
}

std::span<const double> whole_bounds_ms() noexcept {
  return whole_bounds;
}

bucket_counts::bucket_counts(std::span<const double> bounds_ms)
    : bounds_ms_(bounds_ms),
      counts_(bounds_ms.size() + 1) {}

void bucket_counts::add(double ms) {
  const auto bound = std::lower_bound(bounds_ms_.begin(), bounds_ms_.end(), ms);
  ++counts_[static_cast<std::size_t>(bound - bounds_ms_.begin())];
  sum_ms_ += ms;
}

metric_sample bucket_counts::sample(label_list labels) const {
  metric_sample sample;
  sample.labels = std::move(labels);
  sample.buckets.reserve(bounds_ms_.size());
  for (std::size_t i = 0; i < bounds_ms_.size(); ++i) {
    sample.count += counts_[i];
    sample.buckets.emplace_back(bounds_ms_[i] / 1000, sample.count);
  }
  sample.count += counts_.back();
  sample.sum = sum_ms_ / 1000;
  return sample;
}

} // namespace loadgen::publish
