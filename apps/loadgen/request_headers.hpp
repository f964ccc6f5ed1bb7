#pragma once

#include "value_reader.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::cli {

/// The --header values, taken apart. Headers that frame a request, which only the client may set, are refused.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_headers(const settings& from, value_reader& read);

/// The options that tell where a secret is: in a variable of the environment, or in a file.
struct secret_options {
  std::string_view variable, file;
};

/// The secret of such options, "" where neither is set. No error shows it.
[[nodiscard]] std::string read_secret(const settings& from, const environment& variables, const secret_options& options,
                                      value_reader& read);

/// The secret in the file that `option` names, "" where it is not set. No error shows it.
[[nodiscard]] std::string read_secret_file(const settings& from, std::string_view option, value_reader& read);

} // namespace loadgen::cli
