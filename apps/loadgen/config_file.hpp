#pragma once

#include "options.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace loadgen::cli {

/// The settings of a config file by option name, each as if typed. A key may be spelled a-b or a_b; a value is text, a
/// number, true or false, an array where the option is a list or repeated, an object where it is JSON; null leaves the
/// option unset. Errors: io, or invalid_input naming the file and the key.
[[nodiscard]] result<std::map<std::string, std::vector<std::string>>>
read_config_file(const std::filesystem::path& file, const option_table& table);

} // namespace loadgen::cli
