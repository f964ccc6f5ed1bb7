#pragma once

#include "workload/entry_decoder.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace loadgen::workload {

/// How the rows of a table are read.
struct row_layout {
  std::vector<std::size_t> columns;       ///< the places of those that are needed, each once
  std::unique_ptr<entry_decoder> decoder; ///< of rows that are JSON objects of these columns
};

/// Finds the columns that were chosen. Errors: one that is not there, or no prompt to be had.
[[nodiscard]] boost::system::result<row_layout, element_fault> lay_out_rows(const std::vector<std::string>& columns,
                                                                            field_choice choice);

} // namespace loadgen::workload
