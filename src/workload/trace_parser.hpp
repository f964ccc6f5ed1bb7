#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/trace.hpp>

#include <string_view>
#include <vector>

namespace loadgen::workload {

/// The requests in the bytes of a trace file; `file` is its name in errors. Errors: those of read_trace() but io.
[[nodiscard]] result<std::vector<trace_entry>> parse_trace(std::string_view file, std::string_view bytes);

} // namespace loadgen::workload
