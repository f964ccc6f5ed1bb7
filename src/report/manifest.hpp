#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace loadgen::report {

/// The manifest of the run's header with the keys known at its end merged in: objects member by member, anything else
/// replaced.
[[nodiscard]] boost::json::object merged_manifest(const metrics::recorded_run& run);

/// The value at a path of keys, or null where there is none.
[[nodiscard]] const boost::json::value& at_path(const boost::json::object& root,
                                                std::initializer_list<std::string_view> path);

/// The string at a path of keys, or "" where there is none or it is no string.
[[nodiscard]] std::string text_at(const boost::json::object& root, std::initializer_list<std::string_view> path);

/// The base URLs of the run's target, joined by ", ".
[[nodiscard]] std::string target_urls(const boost::json::object& manifest);

/// "2026-07-22T13:15:02Z"
[[nodiscard]] std::string utc_text(std::int64_t unix_ns);

/// What interrupted the run: "SIGINT", "SIGTERM", or "" where nothing did.
[[nodiscard]] std::string_view interrupting_signal(const metrics::recorded_run& run) noexcept;

} // namespace loadgen::report
