#include <loadgen/metrics/duration_histogram.hpp>

#include <cmath>

namespace loadgen::metrics {

void duration_histogram::add(std::size_t bucket, std::uint64_t count, duration sum) {
  if (counts_.empty()) counts_.resize(bucket_count);
  counts_[bucket] += count;
  count_ += count;
  sum_ += sum;
}

std::uint64_t duration_histogram::count_at_most(duration limit) const noexcept {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < counts_.size() && upper_bound(i) <= limit; ++i) count += counts_[i];
  return count;
}

std::optional<duration> duration_histogram::percentile(double fraction) const noexcept {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen < rank) continue;
    const duration lower = i == 0 ? duration::zero() : upper_bound(i - 1);
    return lower + (upper_bound(i) - lower) / 2;
  }
  return std::nullopt;
}

duration_histogram& duration_histogram::operator+=(const duration_histogram& other) {
  if (other.counts_.empty()) return *this;
  if (counts_.empty()) counts_.resize(bucket_count);
  for (std::size_t i = 0; i < bucket_count; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  return *this;
}

duration_histogram& duration_histogram::operator-=(const duration_histogram& earlier) {
  if (earlier.counts_.empty() || counts_.empty()) return *this;
  count_ = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    counts_[i] -= std::min(counts_[i], earlier.counts_[i]);
    count_ += counts_[i];
  }
  sum_ = std::max(sum_ - earlier.sum_, duration::zero());
  return *this;
}

} // namespace loadgen::metrics
