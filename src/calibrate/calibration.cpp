#include <loadgen/calibrate/calibration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::calibrate {

std::string difference(const machine_identity& then, const machine_identity& now) {
  const auto differs = [](std::string_view what, const auto& before, const auto& after) {
    return before == after ? std::string{} : fmt::format("its {} was '{}' and is '{}'", what, before, after);
  };
  const std::array found{
      differs("name", then.hostname, now.hostname),
      differs("processor", then.processor, now.processor),
      differs("number of processors", then.processors, now.processors),
      differs("kernel", then.kernel, now.kernel),
      differs("loadgen", then.loadgen, now.loadgen),
  };
  const auto* const first = std::find_if(found.begin(), found.end(), [](const auto& text) { return !text.empty(); });
  return first == found.end() ? "" : *first;
}

bool calibration::kernel_stamps() const {
  const auto all_stamped = [](const sweep_reading& sweep) {
    return std::all_of(sweep.levels.begin(), sweep.levels.end(),
                       [](const level_reading& level) { return level.kernel_stamps; });
  };
  return all_stamped(by_token_rate) && all_stamped(by_streams);
}

} // namespace loadgen::calibrate
