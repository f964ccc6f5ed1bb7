#include "reader.hpp"

#include "guarded.hpp"
#include "json_rows.hpp"

#include <algorithm>
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <memory>
#include <numeric>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/properties.h>
#include <string>
#include <vector>

struct loadgen_parquet_reader {
  std::unique_ptr<parquet::arrow::FileReader> file;
  std::vector<std::string> columns;
  std::unique_ptr<arrow::RecordBatchReader> batches; // of the chosen columns
  std::string text;                                  // of the rows last read, one behind the other
  std::vector<loadgen_parquet_text> rows;
};

namespace loadgen_parquet_plugin {

namespace {

using arrow::Result;
using arrow::Status;

constexpr std::int64_t rows_at_once = 256; // a row may be a long conversation

/// The caller's bytes as a file of Arrow's.
class given_file final : public arrow::io::RandomAccessFile {
public:
  explicit given_file(const loadgen_parquet_bytes& bytes) : bytes_(bytes) {}

  Result<std::int64_t> GetSize() override { return static_cast<std::int64_t>(bytes_.size); }

  Result<std::int64_t> Tell() const override { return at_; }

  Status Seek(std::int64_t position) override {
    if (position < 0) return Status::IOError("a place before the begin of the file");
    at_ = position;
    return Status::OK();
  }

  Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t count, void* out) override {
    if (position < 0 || count < 0) return Status::IOError("a place before the begin of the file");
    const auto begin = std::min(static_cast<std::uint64_t>(position), bytes_.size);
    const auto size = std::min(static_cast<std::uint64_t>(count), bytes_.size - begin);
    if (bytes_.read(bytes_.context, begin, out, static_cast<std::size_t>(size)) != 0)
      return Status::IOError("its bytes cannot be read");
    return static_cast<std::int64_t>(size);
  }

  // No larger than what is there, whatever a damaged file says of its parts.
  Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position, std::int64_t count) override {
    const auto size = static_cast<std::int64_t>(bytes_.size);
    const std::int64_t most = std::clamp<std::int64_t>(count, 0, size - std::clamp<std::int64_t>(position, 0, size));
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> buffer, arrow::AllocateResizableBuffer(most));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t filled, ReadAt(position, most, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(filled));
    return buffer;
  }

  Result<std::int64_t> Read(std::int64_t count, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t filled, ReadAt(at_, count, out));
    at_ += filled;
    return filled;
  }

  Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t count) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(at_, count));
    at_ += buffer->size();
    return buffer;
  }

  Status Close() override {
    closed_ = true;
    return Status::OK();
  }

  bool closed() const override { return closed_; }

private:
  loadgen_parquet_bytes bytes_;
  std::int64_t at_ = 0;
  bool closed_ = false;
};

Status open(loadgen_parquet_reader& reader, const loadgen_parquet_bytes& bytes) {
  parquet::ArrowReaderProperties properties;
  properties.set_use_threads(false);
  properties.set_pre_buffer(false); // which reads on other threads
  properties.set_batch_size(rows_at_once);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::make_shared<given_file>(bytes)));
  builder.properties(properties);
  ARROW_RETURN_NOT_OK(builder.Build(&reader.file));
  for (const auto& field : reader.file->manifest().schema_fields) reader.columns.push_back(field.field->name());
  return Status::OK();
}

void add_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto& child : field.children) add_leaves(child, leaves);
}

Status choose(loadgen_parquet_reader& reader, const std::size_t* columns, std::size_t count) {
  std::vector<int> leaves;
  for (const std::size_t* column = columns; column != columns + count; ++column) {
    const auto& field = reader.file->manifest().schema_fields.at(*column);
    if (const Status writable = check_writable(*field.field->type()); !writable.ok())
      return Status::Invalid("column `", field.field->name(), "` has ", writable.message());
    add_leaves(field, leaves);
  }
  std::vector<int> groups(static_cast<std::size_t>(reader.file->num_row_groups()));
  std::iota(groups.begin(), groups.end(), 0);
  ARROW_ASSIGN_OR_RAISE(reader.batches, reader.file->GetRecordBatchReader(groups, leaves));
  return Status::OK();
}

Status next(loadgen_parquet_reader& reader) {
  reader.text.clear();
  reader.rows.clear();
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(reader.batches->ReadNext(&batch));
  } while (batch && batch->num_rows() == 0);
  if (!batch) return Status::OK();
  ARROW_RETURN_NOT_OK(batch->Validate());
  std::vector<std::size_t> ends;
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    ARROW_RETURN_NOT_OK(append_row(*batch, row, reader.text));
    ends.push_back(reader.text.size());
  }
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    reader.rows.push_back({reader.text.data() + begin, end - begin});
    begin = end;
  }
  return Status::OK();
}

} // namespace

loadgen_parquet_reader* reader_open(const loadgen_parquet_bytes* file, char* error, std::size_t error_size) {
  std::unique_ptr<loadgen_parquet_reader> reader;
  const bool opened = guarded(error, error_size, [&] {
    reader = std::make_unique<loadgen_parquet_reader>();
    return open(*reader, *file);
  });
  return opened ? reader.release() : nullptr;
}

std::size_t reader_column_count(const loadgen_parquet_reader* reader) {
  return reader->columns.size();
}

loadgen_parquet_text reader_column(const loadgen_parquet_reader* reader, std::size_t column) {
  return {reader->columns[column].data(), reader->columns[column].size()};
}

int reader_choose(loadgen_parquet_reader* reader, const std::size_t* columns, std::size_t count, char* error,
                  std::size_t error_size) {
  return guarded(error, error_size, [&] { return choose(*reader, columns, count); }) ? 0 : 1;
}

int reader_next(loadgen_parquet_reader* reader, const loadgen_parquet_text** rows, std::size_t* count, char* error,
                std::size_t error_size) {
  if (!guarded(error, error_size, [&] { return next(*reader); })) return 1;
  *rows = reader->rows.data();
  *count = reader->rows.size();
  return 0;
}

void reader_free(loadgen_parquet_reader* reader) {
  delete reader;
}

} // namespace loadgen_parquet_plugin
