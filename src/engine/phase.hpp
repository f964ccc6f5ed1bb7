#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/metrics/record.hpp>
#include <loadgen/workload/plan.hpp>

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

namespace loadgen::engine {

/// The warm-up or the measured part of one level: which requests are left, and how those issued have ended. Shared by
/// all workers.
///
/// Thread-safety: all members may be called from any thread.
class phase {
public:
  enum class kind : std::uint8_t { warmup, measured };

  /// At most `most` requests of that level of the plan, none of them issued after `deadline`.
  phase(const workload::plan& plan, std::size_t level, kind part, std::uint64_t most,
        std::optional<instant> deadline = std::nullopt)
      : plan_(plan),
        level_(level),
        kind_(part),
        most_(most),
        deadline_(deadline) {}

  /// The next request to issue, or nothing when there is none left to issue.
  [[nodiscard]] std::optional<std::uint64_t> take(instant now) noexcept {
    if (stopped_.load(std::memory_order_relaxed) || (deadline_ && now >= *deadline_)) return std::nullopt;
    const std::uint64_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= most_) return std::nullopt;
    issued_.fetch_add(1, std::memory_order_relaxed);
    return index;
  }

  [[nodiscard]] workload::planned_request request(std::uint64_t index) const {
    return kind_ == kind::warmup ? plan_.warmup(level_, index) : plan_.at(level_, index);
  }

  /// Issues no more.
  void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

  void count(metrics::outcome end) noexcept {
    ended_[static_cast<std::size_t>(end)].fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] bool is_warmup() const noexcept { return kind_ == kind::warmup; }

  [[nodiscard]] std::uint64_t issued() const noexcept { return issued_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t ended(metrics::outcome how) const noexcept {
    return ended_[static_cast<std::size_t>(how)].load(std::memory_order_relaxed);
  }

  /// How many there are to issue; 0: as many as the deadline allows.
  [[nodiscard]] std::uint64_t planned() const noexcept { return most_ == unlimited ? 0 : most_; }

  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

private:
  const workload::plan& plan_;
  const std::size_t level_;
  const kind kind_;
  const std::uint64_t most_;
  const std::optional<instant> deadline_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> issued_{0};
  std::atomic<std::uint64_t> ended_[3]{};
  std::atomic<bool> stopped_{false};
};

} // namespace loadgen::engine
