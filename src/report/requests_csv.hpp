#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <string>
#include <string_view>

namespace loadgen::report {

/// Appends the header line of raw/requests.csv.
void append_requests_header(std::string& csv);

/// Appends the row of one request, which asked for that model. Instants are shown from `epoch` on.
void append_request_row(std::string& csv, const metrics::level_info& level, std::string_view model, instant epoch,
                        const metrics::request_record& record);

} // namespace loadgen::report
