#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/json/value.hpp>

namespace loadgen::workload {

/// The dataset entry that a JSON object describes; its `line` is left to the caller.
/// Errors: invalid_input as `what; expected what`, without a place.
[[nodiscard]] result<dataset_entry> entry_from_object(const boost::json::value& value);

/// The same, where a string stands for an object with just that prompt.
[[nodiscard]] result<dataset_entry> entry_from_object_or_string(const boost::json::value& value);

} // namespace loadgen::workload
