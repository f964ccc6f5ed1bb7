#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace loadgen::workload {

/// Reads the conversation that the `turns` of a dataset's object and its `system` make into `entry`. Errors:
/// invalid_input as `what; expected what`, without a place.
[[nodiscard]] result<void> read_turns(const boost::json::object& of, const boost::json::value& turns,
                                      dataset_entry& entry);

} // namespace loadgen::workload
