/* What the program and its Parquet plugin say to each other. Plain C, so that the two can be built apart: nothing of
 * C++ and nothing of Arrow crosses it. No function throws. Text is UTF-8.
 *
 * A function that can fail returns 0 for done and another value for failed; then it has put one line on why, ended by a
 * 0 byte, into `error`, which has room for `error_size` bytes. Pointers that a function is given are only read until it
 * returns. Objects may be used by one thread at a time. */
#ifndef LOADGEN_BASE_PARQUET_ABI_H
#define LOADGEN_BASE_PARQUET_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever anything below does. A program and a plugin that differ in it have nothing to say to each other. */
#define LOADGEN_PARQUET_ABI 1

/* What the values of a column are, and how `values` of a loadgen_parquet_values holds them. */
enum {
  LOADGEN_PARQUET_BOOLEAN = 1, /* uint8_t, 0 or 1 */
  LOADGEN_PARQUET_INTEGER = 2, /* int64_t */
  LOADGEN_PARQUET_REAL = 3,    /* double */
  LOADGEN_PARQUET_TEXT = 4     /* loadgen_parquet_text */
};

typedef struct loadgen_parquet_text {
  const char* data;
  size_t size;
} loadgen_parquet_text;

typedef struct loadgen_parquet_column {
  const char* name;
  int32_t type;     /* one of the above */
  int32_t nullable; /* 0: every row has a value, and `present` of its values is not looked at */
  const char* unit; /* goes into the field's metadata as "unit"; NULL: it has none */
} loadgen_parquet_column;

/* One entry of a file's own metadata. */
typedef struct loadgen_parquet_note {
  const char* key;
  const char* value;
} loadgen_parquet_note;

/* Some rows of one column. */
typedef struct loadgen_parquet_values {
  const void* values;     /* one for each row, whether it is present or not */
  const uint8_t* present; /* one byte for each row, 0: null; of a column that is not nullable NULL will do */
} loadgen_parquet_values;

typedef struct loadgen_parquet_writer loadgen_parquet_writer;

typedef struct loadgen_parquet_api {
  uint32_t abi;        /* LOADGEN_PARQUET_ABI */
  const char* library; /* what it writes with: "Apache Arrow 26.0.1" */

  /* Begins a file, replacing one that is there. NULL: it failed. */
  loadgen_parquet_writer* (*writer_open)(const char* file, const loadgen_parquet_column* columns, size_t column_count,
                                         const loadgen_parquet_note* notes, size_t note_count, char* error,
                                         size_t error_size);
  /* Writes `row_count` rows as one row group; `columns` has the values of each column, in the order of writer_open. */
  int (*writer_append)(loadgen_parquet_writer* writer, const loadgen_parquet_values* columns, size_t row_count,
                       char* error, size_t error_size);
  /* Ends the file, which is readable only then. Nothing may be appended afterwards. */
  int (*writer_finish)(loadgen_parquet_writer* writer, char* error, size_t error_size);
  /* Frees it, finished or not; what an unfinished one has written stays for the caller to remove. NULL is ignored. */
  void (*writer_free)(loadgen_parquet_writer* writer);
} loadgen_parquet_api;

/* The one function that a plugin exports, under this name. What it returns lives as long as the plugin is loaded. */
typedef const loadgen_parquet_api* (*loadgen_parquet_entry)(void);
#define LOADGEN_PARQUET_ENTRY "loadgen_parquet"

#ifdef __cplusplus
}
#endif

#endif
