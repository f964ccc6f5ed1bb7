#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loadgen::metrics {

/// What is measured of requests and tokens (docs/metrics.md), in the order it is reported. Latencies in milliseconds,
/// tokens_per_s in 1/s.
enum class metric : std::uint8_t {
  ttft,
  ttfo,
  ttfb,
  ttfe,
  ttft_planned,
  itl,
  tpot,
  e2e,
  e2e_done,
  e2e_planned,
  tokens_per_s
};
inline constexpr std::size_t metric_count = static_cast<std::size_t>(metric::tokens_per_s) + 1;

/// The key in summary.json: "ttft_ms", "tokens_per_s".
[[nodiscard]] std::string_view key(metric which) noexcept;

/// The name that users write and read: the key without its "_ms".
[[nodiscard]] std::string_view name(metric which) noexcept;

/// Whether it is a time. tokens_per_s is the one that is not.
[[nodiscard]] constexpr bool is_latency(metric which) noexcept {
  return which != metric::tokens_per_s;
}

} // namespace loadgen::metrics
