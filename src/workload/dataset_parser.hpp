#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <string_view>
#include <vector>

namespace loadgen::workload {

enum class dataset_format {
  jsonl,      ///< one object a line
  json_array, ///< one array of objects or strings
  text,       ///< one prompt a line
};

/// The entries in the bytes of a dataset file, which must be UTF-8; a byte order mark and CRLF line ends are accepted.
/// Errors: invalid_input as `file:line: what; expected what`; a dataset without entries is one.
[[nodiscard]] result<std::vector<dataset_entry>> parse_dataset(std::string_view file, std::string_view bytes,
                                                               dataset_format format);

} // namespace loadgen::workload
