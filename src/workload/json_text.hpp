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

/// What to look for in a value that is written, each a part of it; null: nothing.
struct json_marks {
  const boost::json::string* text = nullptr;
  const boost::json::value* number = nullptr;
};

/// Where in the text they begin; 0 where there was nothing to look for.
struct json_places {
  std::size_t text = 0;
  std::size_t number = 0;
};

/// The same as append_json(), and returns where in `out` the marked parts begin.
json_places append_json_and_find(std::string& out, const boost::json::value& value, const json_marks& marks);

/// Applies `patch` to `target` as a JSON merge patch (RFC 7396): null removes a key, objects are merged, anything else
/// replaces. The keys that stay keep their order; new ones follow in the patch's order.
void merge_patch(boost::json::object& target, const boost::json::object& patch);

} // namespace loadgen::workload
