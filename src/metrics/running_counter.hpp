#pragma once

#include <loadgen/metrics/duration_histogram.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace loadgen::metrics {

/// A count that one thread adds to and any thread reads while it does: a plain load and store, for there is no other
/// writer that could come between. Who sees a count also sees those that its writer made before.
class running_counter {
public:
  /// By the one writer.
  void add(std::uint64_t more) noexcept {
    count_.store(count_.load(std::memory_order_relaxed) + more, std::memory_order_release);
  }

  [[nodiscard]] std::uint64_t load() const noexcept { return count_.load(std::memory_order_acquire); }

private:
  std::atomic<std::uint64_t> count_{0};
};

/// A duration_histogram that one thread adds to and any thread reads while it does. Neither waits, and adding takes a
/// few nanoseconds; what is read may lack what is being added.
class running_histogram {
public:
  /// By the one writer.
  void add(duration span) noexcept {
    counts_[duration_histogram::bucket_of(span)].add(1);
    sum_.add(static_cast<std::uint64_t>(std::max<duration::rep>(span.count(), 0)));
  }

  /// Adds what it has so far to `total`.
  void add_to(duration_histogram& total) const {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (const std::uint64_t count = counts_[i].load(); count > 0) total.add(i, count, duration::zero());
    total.add(0, 0, duration{static_cast<duration::rep>(sum_.load())});
  }

private:
  std::array<running_counter, duration_histogram::bucket_count> counts_;
  running_counter sum_;
};

} // namespace loadgen::metrics
