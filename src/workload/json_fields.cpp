#include "workload/json_fields.hpp"

#include "workload/json_text.hpp"

#include <fmt/format.h>

#include <limits>

namespace loadgen::workload {

namespace json = boost::json;

std::string describe(const json::value& value) {
  switch (value.kind()) {
  case json::kind::null: return "null";
  case json::kind::bool_: return "a boolean";
  case json::kind::string: return "a string";
  case json::kind::array: return "an array";
  case json::kind::object: return "an object";
  default: break;
  }
  std::string number;
  append_json(number, value);
  return number;
}

std::string describe(const json::value* value) {
  return value == nullptr ? "missing" : describe(*value);
}

result<std::uint32_t> max_tokens_from(const json::value& value, std::string_view name) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  const bool whole = value.is_int64() || value.is_uint64();
  json::error_code not_representable;
  const auto number = whole ? value.to_number<std::uint32_t>(not_representable) : 0;
  if (number == 0 || not_representable)
    return invalid_input(fmt::format("`{}` is {}; expected an integer from 1 to {}", name, describe(value), most));
  return number;
}

} // namespace loadgen::workload
