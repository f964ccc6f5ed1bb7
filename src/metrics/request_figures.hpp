#pragma once

#include <loadgen/metrics/record.hpp>

#include <cstdint>
#include <optional>

namespace loadgen::metrics {

// The figures of one request, each from its record alone. Latencies in milliseconds; unset where the clock points a
// figure needs are not all there. They say nothing of whether the request counts: see is_measured_completion.

/// Whether the request is one whose figures are reported: measured, not warm-up, and completed.
[[nodiscard]] bool is_measured_completion(const request_record& record) noexcept;

/// Whether it has an answer that came in one piece, as asked: its content events tell of no token.
[[nodiscard]] bool is_whole_answer(const request_record& record) noexcept;

/// The tokens generated, as the server counted them, else one for each content event; 0 for a whole answer without
/// count.
[[nodiscard]] std::uint64_t output_tokens(const request_record& record) noexcept;

[[nodiscard]] std::optional<double> ttft_ms(const request_record& record) noexcept; ///< chunk[0] - sent
[[nodiscard]] std::optional<double> ttfo_ms(const request_record& record) noexcept; ///< first answer chunk - sent
[[nodiscard]] std::optional<double> ttfb_ms(const request_record& record) noexcept; ///< first_byte - sent
[[nodiscard]] std::optional<double> ttfe_ms(const request_record& record) noexcept; ///< first_event - sent
[[nodiscard]] std::optional<double> ttft_planned_ms(const request_record& record) noexcept; ///< chunk[0] - planned
[[nodiscard]] std::optional<double> tpot_ms(const request_record& record) noexcept; ///< time per token after the first
[[nodiscard]] std::optional<double> itl_p99_ms(const request_record& record);       ///< of its own gaps
[[nodiscard]] std::optional<double> e2e_ms(const request_record& record) noexcept;  ///< chunk[last] - sent
[[nodiscard]] std::optional<double> e2e_done_ms(const request_record& record) noexcept;    ///< done - sent
[[nodiscard]] std::optional<double> e2e_planned_ms(const request_record& record) noexcept; ///< chunk[last] - planned
[[nodiscard]] std::optional<double>
tokens_per_s(const request_record& record) noexcept; ///< 1/s, under tpot's condition

/// How much later than it should have the client itself sent the request: (released - planned - cap_wait) +
/// (sent - connected); without a planned moment the second term only.
[[nodiscard]] std::optional<double> send_lag_ms(const request_record& record) noexcept;

} // namespace loadgen::metrics
