#include "workload/parsed_json.hpp"

#include <boost/json/parser.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

namespace json = boost::json;

boost::system::result<json::value, element_fault> parse_json(std::string_view text, std::string_view expected) {
  json::parser parser;
  json::error_code failure;
  std::size_t consumed = parser.write_some(text.data(), text.size(), failure);
  if (!failure && consumed < text.size()) failure = json::error::extra_data;
  if (!failure) return parser.release();
  consumed = std::min(consumed, text.size());
  return element_fault{fmt::format("not valid JSON ({}); expected {}", failure.message(), expected),
                       static_cast<std::uint32_t>(std::ranges::count(text.substr(0, consumed), '\n'))};
}

} // namespace loadgen::workload
