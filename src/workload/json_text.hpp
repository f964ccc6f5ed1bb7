#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>

namespace loadgen::workload {

/// Appends `value` to `out` as compact JSON. Floating-point numbers come in their usual shortest form (0.7, 1.0), where
/// boost::json::serialize writes 7E-1: as valid, but not what any other client sends.
void append_json(std::string& out, const boost::json::value& value);

/// The same, and returns where in `out` the text of `marked`, one of the strings in `value`, begins.
std::size_t append_json_and_find(std::string& out, const boost::json::value& value, const boost::json::string& marked);

/// Applies `patch` to `target` as a JSON merge patch (RFC 7396): null removes a key, objects are merged, anything else
/// replaces. The keys that stay keep their order; new ones follow in the patch's order.
void merge_patch(boost::json::object& target, const boost::json::object& patch);

} // namespace loadgen::workload
