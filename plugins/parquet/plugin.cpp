#include "reader.hpp"
#include "writer.hpp"

#include <arrow/util/config.h>

// What the program finds when it loads the plugin.
extern "C" __attribute__((visibility("default"))) const loadgen_parquet_api* loadgen_parquet() {
  using namespace loadgen_parquet_plugin;
  static constexpr loadgen_parquet_api api{
      .abi = LOADGEN_PARQUET_ABI,
      .library = "Apache Arrow " ARROW_VERSION_STRING,
      .writer_open = writer_open,
      .writer_append = writer_append,
      .writer_finish = writer_finish,
      .writer_free = writer_free,
      .reader_open = reader_open,
      .reader_column_count = reader_column_count,
      .reader_column = reader_column,
      .reader_choose = reader_choose,
      .reader_next = reader_next,
      .reader_free = reader_free,
  };
  return &api;
}
