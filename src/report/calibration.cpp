#include "report/calibration.hpp"

#include "report/console.hpp"
#include "report/manifest.hpp"

#include <fmt/format.h>

namespace loadgen::report {

namespace {

using metrics::calibrated_range;
using metrics::level_summary;

std::string range_text(const calibrated_range& range) {
  if (!range.streams || !range.tokens_per_s) return "none";
  return fmt::format("{} streams, {:.0f} events/s", *range.streams, *range.tokens_per_s);
}

std::string sentence(const calibrated_range* within, const calibrated_range& beyond) {
  if (within == nullptr)
    return fmt::format("beyond every load that this machine was calibrated for (within {:g} ms: {}); nobody has "
                       "measured how large the client's own error is here",
                       beyond.error_ms, range_text(beyond));
  return fmt::format("beyond the load up to which this machine measures within {:g} ms ({}), and within that of "
                     "{:g} ms ({})",
                     beyond.error_ms, range_text(beyond), within->error_ms, range_text(*within));
}

std::vector<const level_summary*> levels_within(const analyzed_run& run, const std::vector<calibrated_range>& ranges,
                                                std::optional<double> error_ms) {
  std::vector<const level_summary*> found;
  for (const level_summary& level : run.levels)
    if (const auto load = metrics::load_on_client(level); load && calibrated_error_ms(ranges, *load) == error_ms)
      found.push_back(&level);
  return found;
}

} // namespace

std::vector<calibrated_range> calibrated_ranges(const boost::json::object& manifest) {
  auto ranges = metrics::ranges_from_json(at_path(manifest, {"calibration", "ranges"}));
  return ranges ? std::move(*ranges) : std::vector<calibrated_range>{};
}

boost::json::value calibration_json(const std::vector<calibrated_range>& ranges, const level_summary& level) {
  const auto load = metrics::load_on_client(level);
  if (ranges.empty() || !load) return nullptr;
  const auto error_ms = calibrated_error_ms(ranges, *load);
  return boost::json::object{
      {"within_ms", error_ms ? boost::json::value(*error_ms) : boost::json::value()},
      {"streams", load->streams},
      {"events_per_s", load->events_per_s},
  };
}

std::vector<std::string> calibration_warnings(const analyzed_run& run, const level_naming& naming) {
  const std::vector<calibrated_range> ranges = calibrated_ranges(merged_manifest(run.run));
  std::vector<std::string> sentences;
  for (std::size_t beyond = 0; beyond < ranges.size(); ++beyond) {
    const calibrated_range* const within = beyond + 1 < ranges.size() ? &ranges[beyond + 1] : nullptr;
    const auto found = levels_within(run, ranges, within ? std::optional{within->error_ms} : std::nullopt);
    if (!found.empty())
      sentences.push_back(fmt::format("{}: {}", naming.sentence_name(found), sentence(within, ranges[beyond])));
  }
  return sentences;
}

} // namespace loadgen::report
