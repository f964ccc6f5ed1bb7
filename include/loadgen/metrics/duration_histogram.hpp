#pragma once

#include <loadgen/base/time.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace loadgen::metrics {

/// Counts of durations in buckets of fixed bounds: linear below 131 us, from there on 64 to each power of two, so that
/// a bucket's middle is within 0.8 % of every duration in it (below 131 us within 0.51 us). For figures of a run that
/// is going on; those of reports come from its records. Two histograms have the same buckets, and can be added to and
/// subtracted from one another.
///
/// Thread-safety: distinct objects safe, one object as a container of the standard library. Memory: 14 KiB once
/// anything was added.
class duration_histogram {
public:
  /// How many buckets there are; the last one has everything from 73 minutes on.
  static constexpr std::size_t bucket_count = 128 + 25 * 64;

  /// The bucket that `span` falls into; the first one for what is below zero.
  [[nodiscard]] static constexpr std::size_t bucket_of(duration span) noexcept {
    const std::uint64_t parts = static_cast<std::uint64_t>(std::max<duration::rep>(span.count(), 0)) >> unit_bits;
    if (parts < 128) return parts;
    const auto octave = static_cast<unsigned>(std::bit_width(parts)) - 7U; // from 1
    return std::min<std::size_t>(128 + (octave - 1) * 64 + ((parts >> octave) - 64), bucket_count - 1);
  }

  /// Where `bucket` ends: the bucket behind it begins there. `bucket`: below bucket_count.
  [[nodiscard]] static constexpr duration upper_bound(std::size_t bucket) noexcept {
    if (bucket < 128) return duration{static_cast<duration::rep>((bucket + 1) << unit_bits)};
    const std::size_t octave = (bucket - 128) / 64 + 1;
    return duration{static_cast<duration::rep>((((bucket - 128) % 64 + 65) << octave) << unit_bits)};
  }

  /// Adds `count` durations to a bucket, and their sum to the sum. `bucket`: below bucket_count.
  void add(std::size_t bucket, std::uint64_t count, duration sum);

  /// Adds one.
  void add(duration span) { add(bucket_of(span), 1, span); }

  /// How many there are.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// Their sum, of themselves and not of buckets.
  [[nodiscard]] duration sum() const noexcept { return sum_; }

  /// How many are in buckets that end at or below `limit`: exact where `limit` is an upper_bound.
  [[nodiscard]] std::uint64_t count_at_most(duration limit) const noexcept;

  /// The middle of the bucket that the percentile falls into (nearest rank); unset where there are none. `fraction`: 0
  /// to 1.
  [[nodiscard]] std::optional<duration> percentile(double fraction) const noexcept;

  /// Adds the counts of `other`.
  duration_histogram& operator+=(const duration_histogram& other);

  /// What has come since `earlier`, an earlier state of this one. Where it is none, counts stop at zero.
  duration_histogram& operator-=(const duration_histogram& earlier);

private:
  static constexpr unsigned unit_bits = 10; // 1,024 ns

  std::vector<std::uint64_t> counts_; // empty, or one a bucket
  std::uint64_t count_ = 0;
  duration sum_{};
};

} // namespace loadgen::metrics
