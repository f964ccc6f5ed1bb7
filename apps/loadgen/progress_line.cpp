#include "progress_line.hpp"

#include <fmt/format.h>

namespace loadgen::cli {

std::string progress_line(const engine::progress& now) {
  const std::uint64_t ended = now.completed + now.failed + now.cancelled;
  std::string line = fmt::format("{:>6.1f} s  level {}", to_s(now.elapsed), now.level + 1);
  if (now.levels > 0) line += fmt::format(" of {}", now.levels);
  if (now.concurrency) line += fmt::format(", concurrency {}", *now.concurrency);
  if (now.rate) line += fmt::format(", rate {:.6g}/s", *now.rate);
  line += now.warming_up ? ", warm-up: " : ": ";
  line += now.planned > 0 ? fmt::format("{} of {} ended", ended, now.planned) : fmt::format("{} ended", ended);
  line += fmt::format(", {} in flight", now.issued - ended);
  if (now.dropped > 0) line += fmt::format(", {} dropped", now.dropped);
  if (now.failed > 0) line += fmt::format(", {} failed", now.failed);
  return line;
}

} // namespace loadgen::cli
