#include "metrics/length_meter.hpp"

#include "metrics/request_figures.hpp"

#include <algorithm>

namespace loadgen::metrics {

void length_meter::add(const request_record& record) {
  if (!is_measured_completion(record)) return;
  input_.add(record.asked_input, record.usage.input);
  output_.add(record.asked_output, record.usage.output);
}

void length_meter::side::add(std::uint32_t asked, const std::optional<std::uint32_t>& achieved) {
  if (asked == 0 || !achieved) return;
  const std::uint64_t difference = std::max(asked, *achieved) - std::min(asked, *achieved);
  ++counts_.requests;
  counts_.exact += difference == 0 ? 1U : 0U;
  counts_.max_difference = std::max(counts_.max_difference, difference);
  asked_.add(asked);
  achieved_.add(*achieved);
}

std::optional<length_comparison> length_meter::side::compared() {
  if (counts_.requests == 0) return std::nullopt;
  length_comparison compared = counts_;
  compared.asked = asked_.describe();
  compared.achieved = achieved_.describe();
  return compared;
}

} // namespace loadgen::metrics
