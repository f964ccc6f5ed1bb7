#pragma once

#include "engine/concurrency_cap.hpp"

#include <loadgen/base/time.hpp>
#include <loadgen/engine/run.hpp>
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

  /// What bounds it.
  struct limits {
    std::uint64_t most = unlimited;                 ///< requests
    std::optional<instant> deadline{};              ///< none is issued from here on
    std::optional<std::uint32_t> max_concurrency{}; ///< open loop: requests in flight at once
    cap_policy on_cap = cap_policy::wait;
  };

  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  /// A part of that level of the plan; the offsets of an open loop count from `began`.
  phase(const workload::plan& plan, std::size_t level, kind part, instant began, limits bounds)
      : plan_(plan),
        level_(level),
        kind_(part),
        began_(began),
        bounds_(bounds),
        open_loop_(plan.levels()[level].open_loop()) {
    if (bounds.max_concurrency) cap_.emplace(*bounds.max_concurrency);
  }

  /// The place of the next request, or nothing when there is none left to issue. It is the caller's to issue or drop.
  [[nodiscard]] std::optional<std::uint64_t> take(instant now) noexcept {
    if (over(now)) return std::nullopt;
    const std::uint64_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= bounds_.most) return std::nullopt;
    return index;
  }

  /// Whether nothing more is to be issued, whatever is left.
  [[nodiscard]] bool over(instant now) const noexcept {
    return stopped_.load(std::memory_order_relaxed) || (bounds_.deadline && now >= *bounds_.deadline);
  }

  /// Whether there is anything left to issue.
  [[nodiscard]] bool has_more(instant now) const noexcept {
    return !over(now) && next_.load(std::memory_order_relaxed) < bounds_.most;
  }

  /// What goes out for that place. An open loop's has an offset: see due().
  [[nodiscard]] workload::planned_request request(std::uint64_t index) const {
    return kind_ == kind::warmup ? plan_.warmup(level_, index) : plan_.at(level_, index);
  }

  /// When a request of that offset is due.
  [[nodiscard]] instant due(duration offset) const noexcept { return began_ + offset; }

  /// Issues no more.
  void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

  void count_issued() noexcept { issued_.fetch_add(1, std::memory_order_relaxed); }

  /// A request that found the cap reached, and was dropped for it.
  void count_dropped() noexcept { dropped_.fetch_add(1, std::memory_order_relaxed); }

  void count(metrics::outcome end) noexcept {
    ended_[static_cast<std::size_t>(end)].fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] bool is_warmup() const noexcept { return kind_ == kind::warmup; }

  /// Whether requests go out when they are due, and not when another has ended.
  [[nodiscard]] bool open_loop() const noexcept { return open_loop_; }

  /// Null where there is none.
  [[nodiscard]] concurrency_cap* cap() noexcept { return cap_ ? &*cap_ : nullptr; }

  [[nodiscard]] cap_policy on_cap() const noexcept { return bounds_.on_cap; }

  [[nodiscard]] instant began() const noexcept { return began_; }

  [[nodiscard]] const std::optional<instant>& deadline() const noexcept { return bounds_.deadline; }

  [[nodiscard]] std::uint64_t issued() const noexcept { return issued_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t ended(metrics::outcome how) const noexcept {
    return ended_[static_cast<std::size_t>(how)].load(std::memory_order_relaxed);
  }

  /// How many there are to issue; 0: as many as the deadline allows.
  [[nodiscard]] std::uint64_t planned() const noexcept { return bounds_.most == unlimited ? 0 : bounds_.most; }

private:
  const workload::plan& plan_;
  const std::size_t level_;
  const kind kind_;
  const instant began_;
  const limits bounds_;
  const bool open_loop_;
  std::optional<concurrency_cap> cap_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> issued_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> ended_[3]{};
  std::atomic<bool> stopped_{false};
};

} // namespace loadgen::engine
