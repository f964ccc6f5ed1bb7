#pragma once

#include <arrow/status.h>
#include <arrow/type_fwd.h>
#include <cstdint>
#include <string>

namespace loadgen_parquet_plugin {

/// Whether append_row() can write values of that type. Invalid where it cannot: the text says why.
arrow::Status check_writable(const arrow::DataType& type);

/// Appends a row as a JSON object. The types of its columns are writable.
arrow::Status append_row(const arrow::RecordBatch& rows, std::int64_t row, std::string& out);

} // namespace loadgen_parquet_plugin
