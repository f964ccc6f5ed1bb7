#pragma once

#include <loadgen/report/html.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace loadgen::report {

/// All that the page shows (schema "loadgen.report/1", docs/report-html.md). Errors: those of metrics::stream_records.
[[nodiscard]] result<boost::json::object> page_data(std::span<const run_in_folder> runs);

/// The page around the data, whole.
[[nodiscard]] std::string html_page(const boost::json::object& data);

/// JSON text as a script element can hold it, whatever the text says: well-formed, and every character that means
/// something to HTML or ends a line of JavaScript is spelled out.
[[nodiscard]] std::string inert(std::string_view json);

} // namespace loadgen::report
