#include "metrics/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace loadgen::metrics {

namespace {

constexpr std::size_t fewest_arrivals = 3; // of which two gaps vary

std::optional<arrival_figures> figures_of(std::vector<instant> moments) {
  std::sort(moments.begin(), moments.end());
  const auto gaps = static_cast<double>(moments.size() - 1);
  const double mean = to_s(moments.back() - moments.front()) / gaps;
  if (mean <= 0) return std::nullopt;
  double squares = 0;
  for (std::size_t i = 1; i < moments.size(); ++i) {
    const double off = to_s(moments[i] - moments[i - 1]) - mean;
    squares += off * off;
  }
  return arrival_figures{.rate = 1 / mean, .cv = std::sqrt(squares / gaps) / mean};
}

} // namespace

std::optional<arrival_comparison> compare_arrivals(const recorded_level& level) {
  std::vector<instant> planned, sent;
  for (const request_record& record : level.requests) {
    if (record.warmup || !record.sent) continue;
    if (record.conversation && record.conversation->turn > 1)
      continue; // it comes when its reply has, not by a schedule
    if (!record.planned) return std::nullopt;
    planned.push_back(*record.planned);
    sent.push_back(*record.sent);
  }
  if (sent.size() < fewest_arrivals) return std::nullopt;
  const auto asked = figures_of(std::move(planned));
  const auto achieved = figures_of(std::move(sent));
  if (!asked || !achieved) return std::nullopt;
  return arrival_comparison{*asked, *achieved};
}

} // namespace loadgen::metrics
