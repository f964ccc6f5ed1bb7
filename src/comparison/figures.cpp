#include "comparison/figures.hpp"

#include <loadgen/comparison/compare.hpp>

#include <fmt/format.h>

namespace loadgen::comparison {

bool is_headline(metrics::metric which, const statistic_row& statistic, bool open_loop) noexcept {
  using metrics::metric;
  const bool p50 = statistic.fraction == 0.5;
  const bool p99 = statistic.fraction == 0.99;
  switch (which) {
  case metric::ttft:
  case metric::e2e: return !open_loop && (p50 || p99);
  case metric::ttft_planned:
  case metric::e2e_planned: return open_loop && (p50 || p99);
  case metric::itl: return p50 || p99;
  case metric::tpot: return p50;
  case metric::ttfo:
  case metric::ttfb:
  case metric::ttfe:
  case metric::e2e_done:
  case metric::tokens_per_s: break;
  }
  return false;
}

bool is_headline(const rate_row& rate) noexcept {
  return rate.what == counted::requests || rate.what == counted::output_tokens;
}

const std::vector<std::string>& all_figures() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < metrics::metric_count; ++i)
      for (const statistic_row& statistic : statistic_rows)
        all.push_back(fmt::format("{}_{}", metrics::name(static_cast<metrics::metric>(i)), statistic.name));
    for (const rate_row& rate : rate_rows) all.emplace_back(rate.name);
    return all;
  }();
  return names;
}

} // namespace loadgen::comparison
