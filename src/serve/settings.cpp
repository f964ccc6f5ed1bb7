#include "serve/settings.hpp"

#include <loadgen/base/duration_text.hpp>

#include <fmt/format.h>

#include <cmath>

namespace loadgen::serve {

namespace {

constexpr duration longest_gap = std::chrono::hours{1};
constexpr std::uint32_t max_tokens_per_chunk = 1'000;
constexpr double max_cv = 10;
constexpr std::uint32_t max_chat_overhead = 1'000;

bool is_gap(duration span) noexcept {
  return span >= duration::zero() && span <= longest_gap;
}

error out_of_range(std::string_view name, const auto& value, std::string_view range) {
  return invalid_input(fmt::format("{} is {}; expected {}", name, value, range));
}

} // namespace

result<void> validate(const server_settings& settings) {
  if (settings.model.empty()) return invalid_input("model is empty; expected a name");
  if (!is_gap(settings.ttft)) return out_of_range("ttft", format_duration(settings.ttft), "0s to 1h");
  if (!is_gap(settings.itl)) return out_of_range("itl", format_duration(settings.itl), "0s to 1h");
  if (!std::isfinite(settings.itl_cv) || settings.itl_cv < 0 || settings.itl_cv > max_cv)
    return out_of_range("itl_cv", settings.itl_cv, "0 to 10");
  if (settings.tokens == 0 || settings.tokens > max_answer_tokens)
    return out_of_range("tokens", settings.tokens, fmt::format("1 to {}", max_answer_tokens));
  if (settings.tokens_per_chunk == 0 || settings.tokens_per_chunk > max_tokens_per_chunk)
    return out_of_range("tokens_per_chunk", settings.tokens_per_chunk, fmt::format("1 to {}", max_tokens_per_chunk));
  if (settings.chat_overhead > max_chat_overhead)
    return out_of_range("chat_overhead", settings.chat_overhead, fmt::format("0 to {}", max_chat_overhead));
  if (settings.tls_certificate.empty() != settings.tls_key.empty())
    return invalid_input("a certificate and its key are only of use together; expected both or neither");
  return {};
}

} // namespace loadgen::serve
