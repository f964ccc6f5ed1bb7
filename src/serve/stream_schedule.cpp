#include "serve/stream_schedule.hpp"

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <algorithm>
#include <cmath>

namespace loadgen::serve {

namespace {

constexpr double longest_gap_ns = 86'400e9;

} // namespace

stream_schedule::stream_schedule(const server_settings& settings, std::uint64_t request, instant start)
    : distribution_(settings.itl == duration::zero() ? gap_distribution::constant : settings.itl_distribution),
      itl_(settings.itl),
      cv_(settings.itl_cv),
      bits_(settings.seed, "gaps", request),
      due_(start + settings.ttft) {}

void stream_schedule::advance(std::uint32_t tokens) {
  if (distribution_ == gap_distribution::constant)
    due_ += itl_ * tokens;
  else
    for (std::uint32_t i = 0; i < tokens; ++i) due_ += draw_gap();
}

duration stream_schedule::draw_gap() {
  const auto mean = static_cast<double>(itl_.count());
  double gap = mean;
  switch (distribution_) {
  case gap_distribution::constant: break;
  case gap_distribution::normal: gap = boost::random::normal_distribution{mean, mean * cv_}(bits_); break;
  case gap_distribution::lognormal: {
    const double variance = std::log1p(cv_ * cv_); // of the gap's logarithm
    gap = boost::random::lognormal_distribution{std::log(mean) - variance / 2, std::sqrt(variance)}(bits_);
    break;
  }
  case gap_distribution::exponential: gap = boost::random::exponential_distribution{1 / mean}(bits_); break;
  }
  return duration{std::llround(std::clamp(gap, 0.0, longest_gap_ns))};
}

} // namespace loadgen::serve
