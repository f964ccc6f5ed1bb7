#include "trace_input.hpp"

#include <loadgen/base/duration_text.hpp>

#include <fmt/format.h>

#include <limits>

namespace loadgen::cli {

namespace {

/// One end of a window; nothing where it is left out.
std::optional<duration> read_bound(std::string_view text, value_reader& read) {
  if (text.empty()) return std::nullopt;
  const auto bound = parse_duration(text);
  if (bound.has_value()) return *bound;
  read.fail("trace-window", bound.error());
  return std::nullopt;
}

workload::replay_settings read_part(const settings& from, value_reader& read) {
  workload::replay_settings part;
  part.speed = read.real("trace-speed", 0, std::numeric_limits<double>::max());
  if (part.speed == 0) read.fail("trace-speed", "is zero; expected a number above it");
  if (!from.at("trace-window").is_set()) return part;
  const std::string_view window = from.text("trace-window");
  const std::size_t dots = window.find("..");
  if (dots == std::string_view::npos) {
    read.fail("trace-window", fmt::format("'{}' is not valid; expected A..B, such as 10m..15m", window));
    return part;
  }
  part.from = read_bound(window.substr(0, dots), read).value_or(duration::zero());
  part.to = read_bound(window.substr(dots + 2), read);
  return part;
}

} // namespace

workload::replay read_replay(const settings& from, value_reader& read, run_input& input) {
  const workload::replay_settings part = read_part(from, read);
  if (read.failure()) return {};
  const auto recorded = workload::read_trace(from.text("trace"));
  if (recorded.has_error()) {
    read.fail("trace", recorded.error());
    return {};
  }
  auto replayed = workload::replay_of(*recorded, part);
  if (replayed.has_error()) {
    read.fail("trace", replayed.error());
    return {};
  }
  input.trace = {recorded->name, recorded->sha256, replayed->offsets.size(), replayed->input_tokens,
                 replayed->output_tokens};
  return *std::move(replayed);
}

} // namespace loadgen::cli
