#include "recording/record_difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::recording {

using metrics::chunk_stamp;
using metrics::empty_event_stamp;
using metrics::request_record;

namespace {

std::string text(const std::optional<instant>& when) {
  return when ? fmt::format("{} ns", when->time_since_epoch().count()) : "unset";
}

std::string text(const std::optional<duration>& span) {
  return span ? fmt::format("{} ns", span->count()) : "unset";
}

std::string text(const std::optional<std::uint32_t>& number) {
  return number ? fmt::format("{}", *number) : "unset";
}

std::string text(std::uint64_t number) {
  return fmt::format("{}", number);
}

std::string text(const std::string& words) {
  return fmt::format("'{}'", words);
}

bool same(const chunk_stamp& left, const chunk_stamp& right) {
  return left.arrival == right.arrival && left.receive_lag == right.receive_lag && left.flags == right.flags;
}

bool same(const empty_event_stamp& left, const empty_event_stamp& right) {
  return left.arrival == right.arrival && left.flags == right.flags;
}

std::string text(const chunk_stamp& chunk) {
  return fmt::format("at {} ns, lag {} ns, flags {:#x}", chunk.arrival.time_since_epoch().count(),
                     chunk.receive_lag.count(), chunk.flags);
}

std::string text(const empty_event_stamp& event) {
  return fmt::format("at {} ns, flags {:#x}", event.arrival.time_since_epoch().count(), event.flags);
}

/// Takes the first of several differences.
class finder {
public:
  template<class Value>
  void compare(std::string_view name, const Value& from_bytes, const Value& on_record) {
    if (found_ || from_bytes == on_record) return;
    found_ = fmt::format("{}: {} from the bytes, {} on record", name, text(from_bytes), text(on_record));
  }

  template<class Stamp>
  void compare_stamps(std::string_view name, const std::vector<Stamp>& from_bytes,
                      const std::vector<Stamp>& on_record) {
    compare(fmt::format("number of {}s", name), std::uint64_t{from_bytes.size()}, std::uint64_t{on_record.size()});
    for (std::size_t i = 0; i < from_bytes.size() && !found_; ++i)
      if (!same(from_bytes[i], on_record[i]))
        found_ =
            fmt::format("{} {}: {} from the bytes, {} on record", name, i, text(from_bytes[i]), text(on_record[i]));
  }

  void compare_figures(const request_record& from_bytes, const request_record& on_record) {
    if (!found_ && from_bytes.server_figures != on_record.server_figures) found_ = "the server's own figures differ";
  }

  [[nodiscard]] std::optional<std::string> found() const { return found_; }

private:
  std::optional<std::string> found_;
};

} // namespace

std::optional<std::string> difference(const request_record& from_bytes, const request_record& on_record) {
  finder find;
  const auto name = [](auto value) { return std::string{to_string(value)}; };
  find.compare("outcome", name(from_bytes.end), name(on_record.end));
  find.compare("cause", name(from_bytes.why), name(on_record.why));
  find.compare("message", from_bytes.message, on_record.message);
  find.compare("http_status", std::uint64_t{from_bytes.http_status}, std::uint64_t{on_record.http_status});
  find.compare("sent", from_bytes.sent, on_record.sent);
  find.compare("send_time", from_bytes.send_time, on_record.send_time);
  find.compare("first_byte", from_bytes.first_byte, on_record.first_byte);
  find.compare("first_event", from_bytes.first_event, on_record.first_event);
  find.compare("done", from_bytes.done, on_record.done);
  find.compare_stamps("content event", from_bytes.chunks, on_record.chunks);
  find.compare_stamps("empty event", from_bytes.empty_events, on_record.empty_events);
  find.compare("usage.input", from_bytes.usage.input, on_record.usage.input);
  find.compare("usage.cached", from_bytes.usage.cached, on_record.usage.cached);
  find.compare("usage.output", from_bytes.usage.output, on_record.usage.output);
  find.compare("usage.reasoning", from_bytes.usage.reasoning, on_record.usage.reasoning);
  find.compare("finish_reason", from_bytes.finish_reason, on_record.finish_reason);
  find.compare("bytes_sent", from_bytes.bytes_sent, on_record.bytes_sent);
  find.compare("bytes_received", from_bytes.bytes_received, on_record.bytes_received);
  find.compare_figures(from_bytes, on_record);
  return find.found();
}

} // namespace loadgen::recording
