#include "serve/truth_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace loadgen::serve {

namespace {

// A stamp has up to 19 digits, 15 in the first 11 days after boot, and its comma.
constexpr std::size_t stamp_size = 17;
constexpr std::size_t max_reserved_stamps = 4096;

// What a send that is not held up stays below.
constexpr duration quick_send = std::chrono::microseconds{50};

std::string to_text(const std::optional<instant>& when) {
  return when ? fmt::to_string(when->time_since_epoch().count()) : "null";
}

} // namespace

truth_line::truth_line(const truth_start& start)
    : known_at_arrival_(fmt::format(
          R"({{"id":{},"path":"{}","body_sha256":"{}","stream":{},"tokens":{},"tokens_per_chunk":{},"received_ns":{},"kernel_stamp":{})",
          start.id, start.path, start.body_sha256, start.stream, start.tokens, start.tokens_per_chunk,
          start.received.time_since_epoch().count(), start.kernel_stamp)) {
  const std::size_t stamps = start.stream ? start.tokens / start.tokens_per_chunk + 1 : 1;
  written_.reserve(std::min(stamps, max_reserved_stamps) * stamp_size);
}

void truth_line::written(instant when, duration took) {
  const fmt::format_int digits{when.time_since_epoch().count()};
  if (!written_.empty()) written_ += ',';
  written_.append(digits.data(), digits.size());
  if (took > quick_send) slow_sends_ += fmt::format("{}[{},{}]", slow_sends_.empty() ? "" : ",", writes_, took.count());
  ++writes_;
}

std::string truth_line::finish(bool done) const {
  return fmt::format("{},\"started_ns\":{},\"head_ns\":{},\"written_ns\":[{}],\"slow_sends_ns\":[{}],\"closed_ns\":{},"
                     "\"ended\":\"{}\"}}\n",
                     known_at_arrival_, to_text(started_), to_text(head_), written_, slow_sends_, to_text(closed_),
                     done ? "done" : "aborted");
}

} // namespace loadgen::serve
