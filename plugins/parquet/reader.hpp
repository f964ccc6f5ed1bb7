#pragma once

#include "base/parquet_abi.h"

#include <cstddef>

// The functions of loadgen_parquet_api that read, as it describes them.
namespace loadgen_parquet_plugin {

loadgen_parquet_reader* reader_open(const loadgen_parquet_bytes* file, char* error, std::size_t error_size);
std::size_t reader_column_count(const loadgen_parquet_reader* reader);
loadgen_parquet_text reader_column(const loadgen_parquet_reader* reader, std::size_t column);
int reader_choose(loadgen_parquet_reader* reader, const std::size_t* columns, std::size_t count, char* error,
                  std::size_t error_size);
int reader_next(loadgen_parquet_reader* reader, const loadgen_parquet_text** rows, std::size_t* count, char* error,
                std::size_t error_size);
void reader_free(loadgen_parquet_reader* reader);

} // namespace loadgen_parquet_plugin
