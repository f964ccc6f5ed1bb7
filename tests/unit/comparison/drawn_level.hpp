#pragma once

#include "unit/metrics/support.hpp"

#include <loadgen/comparison/compare.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace loadgen::comparison {

using namespace std::chrono_literals;

/// The latencies of one request, in milliseconds.
struct drawn_request {
  double ttft = 20;
  std::vector<double> gaps;
};

/// A closed loop of `lanes` streams through `count` requests, in plan order, each as `draw` has it.
inline metrics::recorded_level drawn_level(std::uint32_t lanes, std::uint64_t count,
                                           const std::function<drawn_request(std::uint64_t)>& draw) {
  const auto ns = [](double ms) { return duration{static_cast<std::int64_t>(ms * 1e6)}; };
  std::vector<duration> free(lanes, duration::zero());
  std::vector<metrics::request_record> requests;
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto lane = std::min_element(free.begin(), free.end());
    const drawn_request drawn = draw(index);
    duration now = *lane + ns(drawn.ttft);
    std::vector<metrics::chunk_stamp> chunks{metrics::chunk(now)};
    for (const double gap : drawn.gaps) chunks.push_back(metrics::chunk(now += ns(gap)));
    requests.push_back(metrics::completed(index, *lane, std::move(chunks)));
    *lane = now + 1ms;
  }
  metrics::recorded_level level = metrics::level_of(std::move(requests));
  level.info.concurrency = lanes;
  level.info.planned = count;
  level.end = metrics::quiet_end(free.front(), *std::max_element(free.begin(), free.end()));
  return level;
}

/// A level with its figures, to be handed to compare_level().
struct summarized_level {
  explicit summarized_level(metrics::recorded_level of)
      : records(std::move(of)),
        figures(metrics::summarize(records)) {}

  [[nodiscard]] trial as_trial() const noexcept { return {&records, &figures}; }

  metrics::recorded_level records;
  metrics::level_summary figures;
};

inline std::vector<change> compare_one(const summarized_level& a, const summarized_level& b, pairing how,
                                       const settings& asked = {}) {
  const trial of_a = a.as_trial(), of_b = b.as_trial();
  return compare_level({&of_a, 1}, {&of_b, 1}, how, asked);
}

inline const change& change_of(const std::vector<change>& all, std::string_view figure) {
  return *std::find_if(all.begin(), all.end(), [figure](const change& each) { return each.figure == figure; });
}

} // namespace loadgen::comparison
