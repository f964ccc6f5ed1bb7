#pragma once

#include "base/parquet_abi.h"

#include <cstddef>

// The functions of loadgen_parquet_api that write, as it describes them.
namespace loadgen_parquet_plugin {

loadgen_parquet_writer* writer_open(const char* file, const loadgen_parquet_column* columns, std::size_t column_count,
                                    const loadgen_parquet_note* notes, std::size_t note_count, char* error,
                                    std::size_t error_size);
int writer_append(loadgen_parquet_writer* writer, const loadgen_parquet_values* columns, std::size_t row_count,
                  char* error, std::size_t error_size);
int writer_finish(loadgen_parquet_writer* writer, char* error, std::size_t error_size);
void writer_free(loadgen_parquet_writer* writer);

} // namespace loadgen_parquet_plugin
