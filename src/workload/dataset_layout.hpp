#pragma once

#include "workload/dataset_parser.hpp"
#include "workload/element_splitter.hpp"
#include "workload/entry_decoder.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <memory>

namespace loadgen::workload {

/// How the entries of a file are told apart and read.
struct dataset_layout {
  dataset_format format{};
  std::unique_ptr<element_splitter> splitter; ///< at the first entry
  std::shared_ptr<const entry_decoder> decoder;
};

/// The form of a file: the one asked for, else what its extension and its first entry tell.
/// Errors: those of the file. What is wrong with the first entry is left to whoever reads it in that form.
[[nodiscard]] result<dataset_format> format_of(const dataset_bytes& from, const dataset_reading& how);

/// The fields that a file of that form is read by. Errors: some were chosen, and it has none.
[[nodiscard]] result<field_choice> choose_fields(const dataset_bytes& from, const dataset_reading& how,
                                                 dataset_format format);

/// Makes ready to read a file in that form. `reader` is at the begin of the file and outlives the splitter; so does
/// `from`. The form is not parquet. Errors: a header that is not one, fields that the form does not have.
[[nodiscard]] result<dataset_layout> lay_out(const dataset_bytes& from, const dataset_reading& how,
                                             dataset_format format, block_reader& reader);

} // namespace loadgen::workload
