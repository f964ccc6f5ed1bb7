#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace loadgen::metrics {

/// What is measured of requests and tokens (docs/metrics.md), in the order it is reported. Latencies in milliseconds,
/// tokens_per_s in 1/s. One figure for each measured completed request that has the clock points of request_record it
/// takes; itl has one for each gap.
enum class metric : std::uint8_t {
  ttft,         ///< time to the first chunk: chunks[0] - sent
  ttfo,         ///< time to the first chunk of the answer, reasoning passed over: that chunk - sent
  ttfb,         ///< time to the first byte: first_byte - sent
  ttfe,         ///< time to the first event, one with only a role included: first_event - sent
  ttft_planned, ///< open loop: chunks[0] - planned
  itl,          ///< gap between chunks: chunks[i] - chunks[i - 1]
  tpot,         ///< time per token after the first: (last chunk - chunks[0]) / (output tokens - 1)
  e2e,          ///< last chunk - sent
  e2e_done,     ///< done - sent
  e2e_planned,  ///< open loop: last chunk - planned
  tokens_per_s  ///< of one request after its first token: the inverse of tpot
};

/// How many there are: the size of an array that has a place for each.
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
