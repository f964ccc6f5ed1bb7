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

/// The warm-up or the measured part of one level: which requests are left, and how those issued have ended. Where the
/// plan has conversations, what is left are these, each with its requests. Shared by all workers.
///
/// Thread-safety: all members may be called from any thread.
class phase {
public:
  enum class kind : std::uint8_t { warmup, measured };

  /// What bounds it.
  struct limits {
    std::uint64_t most = unlimited;                 ///< requests, or conversations
    std::uint64_t most_requests = unlimited;        ///< of all conversations together: the last one ends there
    std::optional<instant> deadline{};              ///< none is issued from here on
    std::optional<std::uint32_t> max_concurrency{}; ///< open loop: requests in flight at once, or conversations
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
        open_loop_(plan.levels()[level].open_loop()),
        has_conversations_(plan.has_conversations()) {
    if (bounds.max_concurrency) cap_.emplace(*bounds.max_concurrency);
  }

  /// The place of the next request or conversation, or nothing when there is none left to issue. It is the caller's to
  /// issue or drop.
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

  /// The conversation at that place.
  [[nodiscard]] workload::conversation talk(std::uint64_t number) const {
    if (kind_ == kind::measured) return plan_.talk(level_, number);
    return plan_.warmup_talk(level_, number, bounds_.most_requests == unlimited ? 0 : bounds_.most_requests);
  }

  /// When a request of that offset is due.
  [[nodiscard]] instant due(duration offset) const noexcept { return began_ + offset; }

  /// Issues no more.
  void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

  void count_issued() noexcept { issued_.fetch_add(1, std::memory_order_relaxed); }

  /// A conversation whose first request is issued.
  void count_begun() noexcept { begun_.fetch_add(1, std::memory_order_relaxed); }

  /// A request that found the cap reached, and was dropped for it; or a conversation of so many.
  void count_dropped(std::uint32_t requests) noexcept {
    dropped_.fetch_add(requests, std::memory_order_relaxed);
    begun_.fetch_add(1, std::memory_order_relaxed);
  }

  /// Requests that are not issued since an earlier one of their conversation failed.
  void count_abandoned(std::uint32_t requests) noexcept { abandoned_.fetch_add(requests, std::memory_order_relaxed); }

  void count(metrics::outcome end) noexcept {
    ended_[static_cast<std::size_t>(end)].fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] bool is_warmup() const noexcept { return kind_ == kind::warmup; }

  /// Whether requests go out when they are due, and not when another has ended.
  [[nodiscard]] bool open_loop() const noexcept { return open_loop_; }

  /// Whether what is issued are conversations.
  [[nodiscard]] bool has_conversations() const noexcept { return has_conversations_; }

  /// Null where there is none.
  [[nodiscard]] concurrency_cap* cap() noexcept { return cap_ ? &*cap_ : nullptr; }

  [[nodiscard]] cap_policy on_cap() const noexcept { return bounds_.on_cap; }

  [[nodiscard]] instant began() const noexcept { return began_; }

  [[nodiscard]] const std::optional<instant>& deadline() const noexcept { return bounds_.deadline; }

  [[nodiscard]] std::uint64_t issued() const noexcept { return issued_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t abandoned() const noexcept { return abandoned_.load(std::memory_order_relaxed); }

  /// How many requests, or conversations, were issued or dropped in their turn.
  [[nodiscard]] std::uint64_t reached() const noexcept {
    return has_conversations_ ? begun_.load(std::memory_order_relaxed) : issued() + dropped();
  }

  [[nodiscard]] std::uint64_t ended(metrics::outcome how) const noexcept {
    return ended_[static_cast<std::size_t>(how)].load(std::memory_order_relaxed);
  }

  /// How many requests there are to issue; 0: as many as the deadline allows.
  [[nodiscard]] std::uint64_t planned() const noexcept {
    const std::uint64_t most = has_conversations_ ? bounds_.most_requests : bounds_.most;
    return most == unlimited ? 0 : most;
  }

private:
  const workload::plan& plan_;
  const std::size_t level_;
  const kind kind_;
  const instant began_;
  const limits bounds_;
  const bool open_loop_;
  const bool has_conversations_;
  std::optional<concurrency_cap> cap_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> issued_{0};
  std::atomic<std::uint64_t> begun_{0}; // conversations, with those that were dropped
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> abandoned_{0};
  std::atomic<std::uint64_t> ended_[3]{};
  std::atomic<bool> stopped_{false};
};

} // namespace loadgen::engine
