#include "report/manifest.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>
#include <fmt/chrono.h>

#include <csignal>
#include <ctime>

namespace loadgen::report {

namespace {

namespace json = boost::json;

void merge(json::object& into, const json::object& from) {
  for (const json::key_value_pair& member : from) {
    json::value& slot = into[member.key()];
    if (slot.is_object() && member.value().is_object())
      merge(slot.get_object(), member.value().get_object());
    else
      slot = member.value();
  }
}

} // namespace

json::object merged_manifest(const metrics::recorded_run& run) {
  json::object manifest = run.info.manifest;
  if (run.end) merge(manifest, run.end->manifest);
  return manifest;
}

const json::value& at_path(const json::object& root, std::initializer_list<std::string_view> path) {
  static const json::value absent;
  const json::object* object = &root;
  const json::value* found = &absent;
  for (const std::string_view key : path) {
    found = object ? object->if_contains(key) : nullptr;
    if (!found) return absent;
    object = found->if_object();
  }
  return *found;
}

std::string text_at(const json::object& root, std::initializer_list<std::string_view> path) {
  const json::string* text = at_path(root, path).if_string();
  return text ? std::string{text->data(), text->size()} : std::string{};
}

std::string target_urls(const json::object& manifest) {
  std::string joined;
  const json::array* urls = at_path(manifest, {"target", "urls"}).if_array();
  if (!urls) return joined;
  for (const json::value& url : *urls) {
    if (!url.is_string()) continue;
    if (!joined.empty()) joined += ", ";
    joined.append(url.get_string().data(), url.get_string().size());
  }
  return joined;
}

std::string utc_text(std::int64_t unix_ns) {
  const auto seconds = static_cast<std::time_t>(unix_ns / 1'000'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string_view interrupting_signal(const metrics::recorded_run& run) noexcept {
  if (!run.end) return "";
  switch (run.end->interrupted_by) {
  case SIGINT: return "SIGINT";
  case SIGTERM: return "SIGTERM";
  default: return "";
  }
}

json::object manifest_json(const metrics::recorded_run& run) {
  const std::string_view signal = interrupting_signal(run);
  json::object manifest{
      {"schema", "loadgen.manifest/1"},
      {"run_id", run.info.run_id},
      {"started", utc_text(run.info.epoch_unix_ns)},
      {"ended", run.end ? json::value(utc_text(run.end->end_unix_ns)) : json::value()},
      {"complete", run.complete()},
      {"interrupted_by", signal.empty() ? json::value() : json::value(signal)},
  };
  for (const json::key_value_pair& member : merged_manifest(run)) manifest.emplace(member.key(), member.value());
  return manifest;
}

} // namespace loadgen::report
