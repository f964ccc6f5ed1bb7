#pragma once

#include "value_reader.hpp"

#include <string>
#include <utility>
#include <vector>

namespace loadgen::cli {

/// The --header values, taken apart. Headers that frame a request, which only the client may set, are refused.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_headers(const settings& from, value_reader& read);

/// The API key of --api-key-env or --api-key-file, "" where neither is set. No error shows the key.
[[nodiscard]] std::string read_api_key(const settings& from, const environment& variables, value_reader& read);

} // namespace loadgen::cli
