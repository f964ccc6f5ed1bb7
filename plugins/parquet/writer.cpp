#include "writer.hpp"

#include "guarded.hpp"

#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <memory>
#include <parquet/arrow/writer.h>
#include <vector>

struct loadgen_parquet_writer {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<arrow::io::FileOutputStream> file;
  std::unique_ptr<parquet::arrow::FileWriter> rows;
};

namespace loadgen_parquet_plugin {

namespace {

using arrow::Status;

std::shared_ptr<arrow::DataType> arrow_type(std::int32_t type) {
  switch (type) {
  case LOADGEN_PARQUET_BOOLEAN: return arrow::boolean();
  case LOADGEN_PARQUET_INTEGER: return arrow::int64();
  case LOADGEN_PARQUET_REAL: return arrow::float64();
  case LOADGEN_PARQUET_TEXT: return arrow::utf8();
  default: return nullptr;
  }
}

arrow::Result<std::shared_ptr<arrow::Schema>> make_schema(const loadgen_parquet_column* columns, std::size_t count,
                                                          const loadgen_parquet_note* notes, std::size_t note_count) {
  arrow::FieldVector fields;
  for (const loadgen_parquet_column* column = columns; column != columns + count; ++column) {
    auto type = arrow_type(column->type);
    if (!type) return Status::Invalid("column ", column->name, " is of unknown type ", column->type);
    auto field = arrow::field(column->name, std::move(type));
    if (column->unit != nullptr) field = field->WithMetadata(arrow::key_value_metadata({"unit"}, {column->unit}));
    fields.push_back(std::move(field));
  }
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const loadgen_parquet_note* note = notes; note != notes + note_count; ++note)
    metadata->Append(note->key, note->value);
  return arrow::schema(std::move(fields), std::move(metadata));
}

Status open(loadgen_parquet_writer& writer, const char* file) {
  using arrow::Compression;
  // Measured values hardly repeat: a dictionary of them would be built and thrown away.
  parquet::WriterProperties::Builder properties;
  properties.compression(arrow::util::Codec::IsAvailable(Compression::ZSTD) ? Compression::ZSTD
                                                                            : Compression::UNCOMPRESSED);
  for (const auto& field : writer.schema->fields())
    if (field->type()->id() == arrow::Type::DOUBLE) properties.disable_dictionary(field->name());
  // The schema is stored as Arrow's own too: it is what keeps the units of the fields.
  const auto arrow_properties =
      parquet::ArrowWriterProperties::Builder{}.store_schema()->set_use_threads(false)->build();
  ARROW_ASSIGN_OR_RAISE(writer.file, arrow::io::FileOutputStream::Open(file));
  ARROW_ASSIGN_OR_RAISE(writer.rows,
                        parquet::arrow::FileWriter::Open(*writer.schema, arrow::default_memory_pool(), writer.file,
                                                         properties.build(), arrow_properties));
  return Status::OK();
}

template<class Builder, class Value>
arrow::Result<std::shared_ptr<arrow::Array>> fill(const loadgen_parquet_values& from, std::size_t row_count) {
  Builder builder;
  ARROW_RETURN_NOT_OK(
      builder.AppendValues(static_cast<const Value*>(from.values), static_cast<std::int64_t>(row_count), from.present));
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> fill_text(const loadgen_parquet_values& from, std::size_t row_count) {
  arrow::StringBuilder builder;
  const auto* const texts = static_cast<const loadgen_parquet_text*>(from.values);
  for (std::size_t i = 0; i < row_count; ++i) {
    if (from.present[i] == 0)
      ARROW_RETURN_NOT_OK(builder.AppendNull());
    else
      ARROW_RETURN_NOT_OK(builder.Append(texts[i].data, static_cast<std::int32_t>(texts[i].size)));
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> to_array(const arrow::DataType& type, const loadgen_parquet_values& from,
                                                      std::size_t row_count) {
  switch (type.id()) {
  case arrow::Type::BOOL: return fill<arrow::BooleanBuilder, std::uint8_t>(from, row_count);
  case arrow::Type::INT64: return fill<arrow::Int64Builder, std::int64_t>(from, row_count);
  case arrow::Type::DOUBLE: return fill<arrow::DoubleBuilder, double>(from, row_count);
  default: return fill_text(from, row_count);
  }
}

Status append(loadgen_parquet_writer& writer, const loadgen_parquet_values* columns, std::size_t row_count) {
  arrow::ArrayVector arrays;
  for (const auto& field : writer.schema->fields()) {
    ARROW_ASSIGN_OR_RAISE(auto array, to_array(*field->type(), columns[arrays.size()], row_count));
    arrays.push_back(std::move(array));
  }
  ARROW_RETURN_NOT_OK(writer.rows->NewBufferedRowGroup());
  return writer.rows->WriteRecordBatch(
      *arrow::RecordBatch::Make(writer.schema, static_cast<std::int64_t>(row_count), std::move(arrays)));
}

} // namespace

loadgen_parquet_writer* writer_open(const char* file, const loadgen_parquet_column* columns, std::size_t column_count,
                                    const loadgen_parquet_note* notes, std::size_t note_count, char* error,
                                    std::size_t error_size) {
  std::unique_ptr<loadgen_parquet_writer> writer;
  const bool opened = guarded(error, error_size, [&] {
    writer = std::make_unique<loadgen_parquet_writer>();
    ARROW_ASSIGN_OR_RAISE(writer->schema, make_schema(columns, column_count, notes, note_count));
    return open(*writer, file);
  });
  return opened ? writer.release() : nullptr;
}

int writer_append(loadgen_parquet_writer* writer, const loadgen_parquet_values* columns, std::size_t row_count,
                  char* error, std::size_t error_size) {
  return guarded(error, error_size, [&] { return append(*writer, columns, row_count); }) ? 0 : 1;
}

int writer_finish(loadgen_parquet_writer* writer, char* error, std::size_t error_size) {
  const auto finish = [&] {
    ARROW_RETURN_NOT_OK(writer->rows->Close());
    return writer->file->Close();
  };
  return guarded(error, error_size, finish) ? 0 : 1;
}

void writer_free(loadgen_parquet_writer* writer) {
  delete writer;
}

} // namespace loadgen_parquet_plugin
