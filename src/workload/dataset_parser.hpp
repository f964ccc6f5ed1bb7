#pragma once

#include "workload/byte_source.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// Where a dataset's bytes are, and what they are called.
struct dataset_bytes {
  std::shared_ptr<const byte_source> bytes;
  std::string file;      ///< in errors
  std::string name;      ///< of the dataset
  std::string extension; ///< ".jsonl", in lower case: what the form is told by, with the first line
};

/// Reads a dataset and takes what was asked for of it. Errors: those of read_dataset().
[[nodiscard]] result<dataset> index_dataset(const dataset_bytes& from, const dataset_reading& how);

/// All entries in the bytes of a dataset. Errors: those of read_dataset(), with `file` for the file.
[[nodiscard]] result<std::vector<dataset_entry>> parse_dataset(std::string_view file, std::string_view bytes,
                                                               dataset_format format);

} // namespace loadgen::workload
