#pragma once

#include "workload/element_splitter.hpp"

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <string_view>

namespace loadgen::workload {

/// The JSON value of an element. Errors: `not valid JSON (why); expected EXPECTED`, with the line where it goes wrong.
[[nodiscard]] boost::system::result<boost::json::value, element_fault> parse_json(std::string_view text,
                                                                                  std::string_view expected);

} // namespace loadgen::workload
