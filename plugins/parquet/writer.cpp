#include "writer.hpp"

#include "guarded.hpp"

#include <arrow/array/array_base.h>
#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
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
    auto field = arrow::field(column->name, std::move(type), column->nullable != 0);
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
  // Every reader has Snappy, and it takes half the time of zstd. Measured values hardly repeat: a dictionary of them
  // would be built and thrown away.
  parquet::WriterProperties::Builder properties;
  properties.compression(arrow::util::Codec::IsAvailable(Compression::SNAPPY) ? Compression::SNAPPY
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

arrow::Result<std::shared_ptr<arrow::Buffer>> to_bits(const std::uint8_t* bytes, std::size_t count) {
  ARROW_ASSIGN_OR_RAISE(auto bits, arrow::AllocateBitmap(static_cast<std::int64_t>(count)));
  for (std::size_t i = 0; i < count; ++i)
    arrow::bit_util::SetBitTo(bits->mutable_data(), static_cast<std::int64_t>(i), bytes[i] != 0);
  return bits;
}

/// The values where they are: the caller's arrays outlive the writing of them.
template<class Value>
std::shared_ptr<arrow::Buffer> view_of(const loadgen_parquet_values& from, std::size_t count) {
  return arrow::Buffer::Wrap(static_cast<const Value*>(from.values), count);
}

arrow::Result<std::shared_ptr<arrow::Array>> text_array(const loadgen_parquet_values& from, std::size_t count) {
  arrow::StringBuilder builder;
  const auto* const texts = static_cast<const loadgen_parquet_text*>(from.values);
  for (std::size_t i = 0; i < count; ++i) {
    if (from.present != nullptr && from.present[i] == 0)
      ARROW_RETURN_NOT_OK(builder.AppendNull());
    else
      ARROW_RETURN_NOT_OK(builder.Append(texts[i].data, static_cast<std::int32_t>(texts[i].size)));
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> to_array(const arrow::Field& field, loadgen_parquet_values from,
                                                      std::size_t count) {
  const auto& type = field.type();
  if (!field.nullable()) from.present = nullptr;
  if (type->id() == arrow::Type::STRING) return text_array(from, count);
  std::shared_ptr<arrow::Buffer> present; // none: all are
  if (from.present != nullptr) {
    ARROW_ASSIGN_OR_RAISE(present, to_bits(from.present, count));
  }
  std::shared_ptr<arrow::Buffer> values;
  if (type->id() == arrow::Type::BOOL) {
    ARROW_ASSIGN_OR_RAISE(values, to_bits(static_cast<const std::uint8_t*>(from.values), count));
  } else if (type->id() == arrow::Type::INT64) {
    values = view_of<std::int64_t>(from, count);
  } else {
    values = view_of<double>(from, count);
  }
  return arrow::MakeArray(arrow::ArrayData::Make(type, static_cast<std::int64_t>(count), {present, values}));
}

/// Column by column, so that no more than one of them is in memory twice.
Status append(loadgen_parquet_writer& writer, const loadgen_parquet_values* columns, std::size_t row_count) {
  ARROW_RETURN_NOT_OK(writer.rows->NewRowGroup());
  for (const auto& field : writer.schema->fields()) {
    ARROW_ASSIGN_OR_RAISE(const auto array, to_array(*field, *columns++, row_count));
    ARROW_RETURN_NOT_OK(writer.rows->WriteColumnChunk(*array));
  }
  return Status::OK();
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
