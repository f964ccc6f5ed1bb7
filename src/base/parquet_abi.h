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
#define LOADGEN_PARQUET_ABI 2

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

/* The bytes of a file that is read, wherever they are. */
typedef struct loadgen_parquet_bytes {
  void* context;
  uint64_t size;
  /* Fills `into` with the `count` bytes from `offset` on, which end at `size` at the latest. 0: done. It is called while
   * a function of the reader runs, on the same thread, and does not throw. */
  int (*read)(void* context, uint64_t offset, void* into, size_t count);
} loadgen_parquet_bytes;

typedef struct loadgen_parquet_reader loadgen_parquet_reader;

typedef struct loadgen_parquet_api {
  uint32_t abi;        /* LOADGEN_PARQUET_ABI */
  const char* library; /* what it reads and writes with: "Apache Arrow 26.0.1" */

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

  /* Opens a file. `file` is copied; its context outlives the reader. NULL: it failed. */
  loadgen_parquet_reader* (*reader_open)(const loadgen_parquet_bytes* file, char* error, size_t error_size);
  /* How many columns it has; those within structs are not counted. */
  size_t (*reader_column_count)(const loadgen_parquet_reader* reader);
  /* The name of a column, from 0. Lives as long as the reader. */
  loadgen_parquet_text (*reader_column)(const loadgen_parquet_reader* reader, size_t column);
  /* Says which columns the rows have, once, before the first reader_next. Fails where one is of a type that JSON has
   * nothing for. */
  int (*reader_choose)(loadgen_parquet_reader* reader, const size_t* columns, size_t count, char* error,
                       size_t error_size);
  /* The next rows, in the order of the file, each as a JSON object of the chosen columns; `*count` is 0 behind the last.
   * They live until the next call. Text is as the file has it, UTF-8 or not. Bytes count as text, dates, times and
   * decimals are written as text, a real number that is whole as an integer, and one that is not finite as null. A null
   * is written for a column, and left out of a struct. */
  int (*reader_next)(loadgen_parquet_reader* reader, const loadgen_parquet_text** rows, size_t* count, char* error,
                     size_t error_size);
  /* NULL is ignored. */
  void (*reader_free)(loadgen_parquet_reader* reader);
} loadgen_parquet_api;

/* The one function that a plugin exports, under this name. What it returns lives as long as the plugin is loaded. */
typedef const loadgen_parquet_api* (*loadgen_parquet_entry)(void);
#define LOADGEN_PARQUET_ENTRY "loadgen_parquet"

#ifdef __cplusplus
}
#endif

#endif
