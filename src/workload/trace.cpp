#include "base/sha256.hpp"
#include "workload/file_bytes.hpp"
#include "workload/trace_parser.hpp"

#include <loadgen/workload/trace.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace loadgen::workload {

namespace {

constexpr double longest_replay_ns = 1000.0 * 3600 * 1e9;

} // namespace

result<trace> read_trace(const std::filesystem::path& file) {
  const auto bytes = read_bytes(file);
  if (bytes.has_error()) return bytes.error();
  auto entries = parse_trace(file.string(), *bytes);
  if (entries.has_error()) return entries.error();
  return trace{file.filename().string(), sha256_hex(*bytes), *std::move(entries)};
}

double replay::mean_rate() const noexcept {
  return static_cast<double>(offsets.size() - 1) / to_s(offsets.back() - offsets.front());
}

result<replay> replay_of(const trace& recorded, const replay_settings& settings) {
  if (!std::isfinite(settings.speed) || settings.speed <= 0)
    return invalid_input(fmt::format("a speed of {}; expected a number above 0", settings.speed));
  replay made;
  for (const trace_entry& entry : recorded.entries) {
    if (entry.at < settings.from || (settings.to && entry.at >= *settings.to)) continue;
    const double due = static_cast<double>((entry.at - settings.from).count()) / settings.speed;
    if (due > longest_replay_ns)
      return invalid_input("the replay would take more than 1000 hours; expected a shorter window or a higher speed");
    made.offsets.emplace_back(std::llround(due));
    made.outputs.push_back(std::max(entry.output, 1U));
    made.inputs.push_back(std::max(entry.input, 1U));
    made.blocks.push_back(entry.blocks);
    made.input_tokens += entry.input;
    made.output_tokens += entry.output;
  }
  if (std::all_of(made.blocks.begin(), made.blocks.end(), [](const auto& blocks) { return blocks.empty(); }))
    made.blocks.clear();
  if (made.offsets.empty() || made.offsets.front() == made.offsets.back())
    return invalid_input(fmt::format("{} requests in that part of the trace, not at two moments; expected two or more",
                                     made.offsets.size()));
  return made;
}

} // namespace loadgen::workload
