#pragma once

#include "workload/element_splitter.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// The fields of one record of RFC 4180: separated by commas; those in quotes may have commas, line ends and, doubled,
/// quotes in them.
[[nodiscard]] boost::system::result<std::vector<std::string>, element_fault> fields_of_record(std::string_view text);

} // namespace loadgen::workload
