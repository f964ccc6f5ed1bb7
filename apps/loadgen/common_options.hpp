#pragma once

#include "options.hpp"

#include <array>

namespace loadgen::cli {

/// The options that every subcommand has.
inline constexpr std::array common_rows{
    option_row{.name = "config",
               .placeholder = "FILE",
               .help = "JSON object of settings: flag name -> value, arrays for repeatable flags"},
    option_row{.name = "help", .help = "this text", .fallback = "false", .shape = value_shape::toggle},
};

} // namespace loadgen::cli
