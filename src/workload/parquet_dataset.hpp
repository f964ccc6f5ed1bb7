#pragma once

#include "workload/dataset_parser.hpp"
#include "workload/entry_decoder.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace loadgen::workload {

/// What a Parquet file has.
struct parquet_entries {
  std::vector<dataset_entry> passed; ///< those that the filters let through; `line` is the row, from 1
  std::uint64_t found = 0;           ///< before the filters
  std::string sha256;                ///< of the file
};

/// Whether the bytes begin as a Parquet file does, and no text. Errors: those of the source.
[[nodiscard]] result<bool> looks_like_parquet(const byte_source& bytes);

/// Reads a Parquet file, by the plugin. Errors: invalid_input as `file: what; expected what` and
/// `file:row N: what; expected what`, also where there is no plugin; those of the source.
[[nodiscard]] result<parquet_entries> read_parquet(const dataset_bytes& from, const dataset_reading& how,
                                                   field_choice fields);

} // namespace loadgen::workload
