#pragma once

#include <loadgen/report/comparison.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace loadgen::report {

/// What differs between the runs beside their figures: server, model, settings, client and its version.
[[nodiscard]] std::vector<std::string> manifest_warnings(const boost::json::object& a, const boost::json::object& b);

/// What makes the levels of the two sides less alike, or less trustworthy, than they look.
[[nodiscard]] std::vector<std::string> level_warnings(const std::vector<compared_level>& levels);

} // namespace loadgen::report
