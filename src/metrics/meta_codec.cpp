#include "metrics/meta_codec.hpp"

#include "metrics/stored_time.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace loadgen::metrics {

namespace json = boost::json;

namespace {

template<class T>
json::value value_or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value count_or_null(const std::optional<duration>& span) {
  return span ? json::value(span->count()) : json::value(nullptr);
}

/// Reads the members of one JSON object. Once a member was missing or of another type, failed() is true and stays so.
class member_reader {
public:
  explicit member_reader(const json::value* object) noexcept : object_(object ? object->if_object() : nullptr) {}

  [[nodiscard]] bool failed() const noexcept { return failed_ || !object_; }

  template<class Number>
  Number number(std::string_view key) {
    return convert<Number>(find(key));
  }

  template<class Number>
  std::optional<Number> optional_number(std::string_view key) {
    const json::value* value = find(key);
    if (!value || value->is_null()) return std::nullopt;
    return convert<Number>(value);
  }

  /// A key that came with a later version of the format: unset where it is missing.
  template<class Number>
  std::optional<Number> later_number(std::string_view key) {
    const json::value* value = object_ ? object_->if_contains(key) : nullptr;
    if (!value || value->is_null()) return std::nullopt;
    return convert<Number>(value);
  }

  duration span(std::string_view key) {
    const auto read = stored_span(number<std::int64_t>(key));
    if (!read) failed_ = true;
    return read.value_or(duration::zero());
  }

  bool boolean(std::string_view key) {
    const json::value* value = find(key);
    const bool* read = value ? value->if_bool() : nullptr;
    if (!read) failed_ = true;
    return read && *read;
  }

  std::string text(std::string_view key) {
    const json::value* value = find(key);
    const json::string* read = value ? value->if_string() : nullptr;
    if (!read) failed_ = true;
    return read ? std::string{*read} : std::string{};
  }

  json::object object(std::string_view key) {
    const json::value* value = find(key);
    const json::object* read = value ? value->if_object() : nullptr;
    if (!read) failed_ = true;
    return read ? *read : json::object{};
  }

  json::array array(std::string_view key) {
    const json::value* value = find(key);
    const json::array* read = value ? value->if_array() : nullptr;
    if (!read) failed_ = true;
    return read ? *read : json::array{};
  }

private:
  const json::value* find(std::string_view key) {
    const json::value* value = object_ ? object_->if_contains(key) : nullptr;
    if (!value) failed_ = true;
    return value;
  }

  template<class Number>
  Number convert(const json::value* value) {
    boost::system::error_code failure;
    const Number read = value ? value->to_number<Number>(failure) : Number{};
    if (failure) failed_ = true;
    return read;
  }

  const json::object* object_;
  bool failed_ = false;
};

json::value parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = 256;           // a manifest may hold the user's own JSON
  options.allow_invalid_utf8 = true; // and the user's own bytes, as they came from the command line
  boost::system::error_code failure;
  json::value parsed = json::parse(text, failure, {}, options);
  return failure ? json::value{} : parsed;
}

json::array encode_workers(const std::vector<worker_audit>& workers) {
  json::array encoded;
  for (const worker_audit& each : workers)
    encoded.push_back(json::object{
        {"worker", each.worker}, {"busy_ns", each.busy.count()}, {"longest_stall_ns", each.longest_stall.count()}});
  return encoded;
}

bool decode_workers(const json::array& encoded, std::vector<worker_audit>& workers) {
  for (const json::value& each : encoded) {
    member_reader members{&each};
    worker_audit worker;
    worker.worker = members.number<std::uint16_t>("worker");
    worker.busy = members.span("busy_ns");
    worker.longest_stall = members.span("longest_stall_ns");
    if (members.failed()) return false;
    workers.push_back(worker);
  }
  return true;
}

} // namespace

std::string encode(const run_info& info) {
  return json::serialize(json::object{{"run_id", info.run_id},
                                      {"epoch_ns", info.epoch.time_since_epoch().count()},
                                      {"epoch_unix_ns", info.epoch_unix_ns},
                                      {"manifest", info.manifest}});
}

std::string encode(const level_info& level, instant epoch) {
  return json::serialize(json::object{{"level", level.level},
                                      {"trial", level.trial},
                                      {"concurrency", value_or_null(level.concurrency)},
                                      {"rate", value_or_null(level.rate)},
                                      {"planned", value_or_null(level.planned)},
                                      {"planned_conversations", value_or_null(level.planned_conversations)},
                                      {"begin_ns", to_stored(level.begin, epoch)}});
}

std::string encode(const level_end& end, instant epoch) {
  return json::serialize(json::object{{"measured_from_ns", to_stored(end.measured_from, epoch)},
                                      {"issuing_ended_ns", to_stored(end.issuing_ended, epoch)},
                                      {"ended_ns", to_stored(end.ended, epoch)},
                                      {"duration_mode", end.duration_mode},
                                      {"cut_short", end.cut_short},
                                      {"dropped_cap", end.dropped_cap},
                                      {"dropped_conversation", end.dropped_conversation},
                                      {"dropped_not_reached", end.dropped_not_reached},
                                      {"cpu_time_ns", end.cpu_time.count()},
                                      {"workers", encode_workers(end.workers)},
                                      {"tcp_min_rtt_ns", count_or_null(end.tcp_min_rtt)},
                                      {"tcp_retransmits", value_or_null(end.tcp_retransmits)},
                                      {"longest_flush_gap_ns", count_or_null(end.longest_flush_gap)}});
}

std::string encode(const run_end& end) {
  return json::serialize(json::object{{"complete", end.complete},
                                      {"interrupted_by", end.interrupted_by},
                                      {"end_unix_ns", end.end_unix_ns},
                                      {"manifest", end.manifest}});
}

std::optional<run_info> decode_run_info(std::string_view text) {
  const json::value parsed = parse(text);
  member_reader members{&parsed};
  run_info info;
  info.run_id = members.text("run_id");
  info.epoch = instant{members.span("epoch_ns")};
  info.epoch_unix_ns = members.number<std::int64_t>("epoch_unix_ns");
  info.manifest = members.object("manifest");
  if (members.failed()) return std::nullopt;
  return info;
}

std::optional<level_info> decode_level_info(std::string_view text, instant epoch) {
  const json::value parsed = parse(text);
  member_reader members{&parsed};
  level_info level;
  level.level = members.number<std::uint32_t>("level");
  level.trial = members.number<std::uint32_t>("trial");
  level.concurrency = members.optional_number<std::uint32_t>("concurrency");
  level.rate = members.optional_number<double>("rate");
  level.planned = members.optional_number<std::uint64_t>("planned");
  level.planned_conversations = members.later_number<std::uint64_t>("planned_conversations");
  level.begin = epoch + members.span("begin_ns");
  if (members.failed()) return std::nullopt;
  return level;
}

std::optional<level_end> decode_level_end(std::string_view text, instant epoch) {
  const json::value parsed = parse(text);
  member_reader members{&parsed};
  level_end end;
  end.measured_from = epoch + members.span("measured_from_ns");
  end.issuing_ended = epoch + members.span("issuing_ended_ns");
  end.ended = epoch + members.span("ended_ns");
  end.duration_mode = members.boolean("duration_mode");
  end.cut_short = members.boolean("cut_short");
  end.dropped_cap = members.number<std::uint64_t>("dropped_cap");
  end.dropped_conversation = members.later_number<std::uint64_t>("dropped_conversation").value_or(0);
  end.dropped_not_reached = members.number<std::uint64_t>("dropped_not_reached");
  end.cpu_time = members.span("cpu_time_ns");
  const bool workers_read = decode_workers(members.array("workers"), end.workers);
  if (const auto rtt = members.optional_number<std::int64_t>("tcp_min_rtt_ns")) end.tcp_min_rtt = duration{*rtt};
  end.tcp_retransmits = members.optional_number<std::uint64_t>("tcp_retransmits");
  if (const auto gap = members.optional_number<std::int64_t>("longest_flush_gap_ns"))
    end.longest_flush_gap = duration{*gap};
  if (members.failed() || !workers_read) return std::nullopt;
  return end;
}

std::optional<run_end> decode_run_end(std::string_view text) {
  const json::value parsed = parse(text);
  member_reader members{&parsed};
  run_end end;
  end.complete = members.boolean("complete");
  end.interrupted_by = members.number<int>("interrupted_by");
  end.end_unix_ns = members.number<std::int64_t>("end_unix_ns");
  end.manifest = members.object("manifest");
  if (members.failed()) return std::nullopt;
  return end;
}

} // namespace loadgen::metrics
