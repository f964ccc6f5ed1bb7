#include <loadgen/metrics/record.hpp>

#include <array>

namespace loadgen::metrics {

std::string_view to_string(cause why) noexcept {
  static constexpr std::array<std::string_view, cause_count> names{
      "",
      "dns",
      "connect",
      "connect_timeout",
      "tls",
      "send",
      "closed_before_response",
      "http_status",
      "protocol",
      "content_type",
      "truncated",
      "in_band_error",
      "bad_payload",
      "stall_timeout",
      "timeout",
      "too_large",
      "drain_limit",
      "interrupt",
  };
  return names[static_cast<std::size_t>(why)];
}

std::string_view to_string(outcome end) noexcept {
  switch (end) {
  case outcome::completed: return "completed";
  case outcome::failed: return "failed";
  case outcome::cancelled: return "cancelled";
  }
  return "";
}

} // namespace loadgen::metrics
