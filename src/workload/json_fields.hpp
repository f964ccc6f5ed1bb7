#pragma once

#include <loadgen/base/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// A value as errors name it: "null", "a string", or the number itself.
[[nodiscard]] std::string describe(const boost::json::value& value);

/// The same; "missing" where there is none.
[[nodiscard]] std::string describe(const boost::json::value* value);

/// An output budget, which stands under that name. Errors: invalid_input as `what; expected what`, without a place.
[[nodiscard]] result<std::uint32_t> max_tokens_from(const boost::json::value& value,
                                                    std::string_view name = "max_tokens");

} // namespace loadgen::workload
