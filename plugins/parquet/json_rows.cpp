#include "json_rows.hpp"

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <charconv>
#include <cmath>
#include <string_view>

namespace loadgen_parquet_plugin {

namespace {

using arrow::Array;
using arrow::Status;
using arrow::Type;

constexpr int deepest = 24; // the reader of the JSON takes 32 levels

Status check_writable(const arrow::DataType& type, int depth) {
  if (depth > deepest) return Status::Invalid("more than ", deepest, " levels of lists and structs");
  switch (type.id()) {
  case Type::NA:
  case Type::BOOL:
  case Type::INT8:
  case Type::INT16:
  case Type::INT32:
  case Type::INT64:
  case Type::UINT8:
  case Type::UINT16:
  case Type::UINT32:
  case Type::UINT64:
  case Type::FLOAT:
  case Type::DOUBLE:
  case Type::STRING:
  case Type::BINARY:
  case Type::LARGE_STRING:
  case Type::LARGE_BINARY:
  case Type::STRING_VIEW:
  case Type::BINARY_VIEW:
  case Type::DATE32:
  case Type::DATE64:
  case Type::TIME32:
  case Type::TIME64:
  case Type::TIMESTAMP:
  case Type::DECIMAL128:
  case Type::DECIMAL256: return Status::OK();
  case Type::DICTIONARY:
    return check_writable(*static_cast<const arrow::DictionaryType&>(type).value_type(), depth + 1);
  case Type::EXTENSION:
    return check_writable(*static_cast<const arrow::ExtensionType&>(type).storage_type(), depth + 1);
  case Type::LIST:
  case Type::LARGE_LIST:
  case Type::FIXED_SIZE_LIST:
  case Type::STRUCT:
    for (const auto& field : type.fields()) ARROW_RETURN_NOT_OK(check_writable(*field->type(), depth + 1));
    return Status::OK();
  default: return Status::Invalid("the type ", type.ToString());
  }
}

void append_text(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

template<class Number>
void append_number(Number number, std::string& out) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

/// Whole ones as integers: that is what becomes of a column of integers where some are missing.
void append_real(double number, std::string& out) {
  constexpr double exact_below = 9007199254740992.0; // 2^53
  if (!std::isfinite(number))
    out += "null";
  else if (std::trunc(number) == number && std::abs(number) < exact_below)
    append_number(static_cast<std::int64_t>(number), out);
  else
    append_number(number, out);
}

Status append_value(const Array& from, std::int64_t at, std::string& out);

template<class Numbers>
Status append_number_of(const Array& from, std::int64_t at, std::string& out) {
  append_number(static_cast<const Numbers&>(from).Value(at), out);
  return Status::OK();
}

template<class Texts>
Status append_text_of(const Array& from, std::int64_t at, std::string& out) {
  append_text(static_cast<const Texts&>(from).GetView(at), out);
  return Status::OK();
}

template<class Lists>
Status append_list(const Array& from, std::int64_t at, std::string& out) {
  const auto& lists = static_cast<const Lists&>(from);
  const std::int64_t begin = lists.value_offset(at);
  out += '[';
  for (std::int64_t i = 0; i < lists.value_length(at); ++i) {
    if (i > 0) out += ',';
    ARROW_RETURN_NOT_OK(append_value(*lists.values(), begin + i, out));
  }
  out += ']';
  return Status::OK();
}

/// Without the members that are null: a struct has all members of all rows, where JSON has none.
Status append_struct(const Array& from, std::int64_t at, std::string& out) {
  const auto& structs = static_cast<const arrow::StructArray&>(from);
  char before = '{';
  for (int i = 0; i < structs.num_fields(); ++i) {
    const auto member = structs.field(i);
    if (member->IsNull(at)) continue;
    out += before;
    before = ',';
    append_text(structs.type()->field(i)->name(), out);
    out += ':';
    ARROW_RETURN_NOT_OK(append_value(*member, at, out));
  }
  out += before == '{' ? "{}" : "}";
  return Status::OK();
}

Status append_from_dictionary(const Array& from, std::int64_t at, std::string& out) {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(from);
  const std::int64_t place = coded.GetValueIndex(at);
  if (place < 0 || place >= coded.dictionary()->length()) return Status::Invalid("a value that the dictionary lacks");
  return append_value(*coded.dictionary(), place, out);
}

Status append_value(const Array& from, std::int64_t at, std::string& out) {
  if (from.type_id() == Type::NA || from.IsNull(at)) {
    out += "null";
    return Status::OK();
  }
  switch (from.type_id()) {
  case Type::BOOL: out += static_cast<const arrow::BooleanArray&>(from).Value(at) ? "true" : "false"; break;
  case Type::INT8: return append_number_of<arrow::Int8Array>(from, at, out);
  case Type::INT16: return append_number_of<arrow::Int16Array>(from, at, out);
  case Type::INT32: return append_number_of<arrow::Int32Array>(from, at, out);
  case Type::INT64: return append_number_of<arrow::Int64Array>(from, at, out);
  case Type::UINT8: return append_number_of<arrow::UInt8Array>(from, at, out);
  case Type::UINT16: return append_number_of<arrow::UInt16Array>(from, at, out);
  case Type::UINT32: return append_number_of<arrow::UInt32Array>(from, at, out);
  case Type::UINT64: return append_number_of<arrow::UInt64Array>(from, at, out);
  case Type::FLOAT: append_real(static_cast<double>(static_cast<const arrow::FloatArray&>(from).Value(at)), out); break;
  case Type::DOUBLE: append_real(static_cast<const arrow::DoubleArray&>(from).Value(at), out); break;
  case Type::STRING:
  case Type::BINARY: return append_text_of<arrow::BinaryArray>(from, at, out);
  case Type::LARGE_STRING:
  case Type::LARGE_BINARY: return append_text_of<arrow::LargeBinaryArray>(from, at, out);
  case Type::STRING_VIEW:
  case Type::BINARY_VIEW: return append_text_of<arrow::BinaryViewArray>(from, at, out);
  case Type::DICTIONARY: return append_from_dictionary(from, at, out);
  case Type::EXTENSION: return append_value(*static_cast<const arrow::ExtensionArray&>(from).storage(), at, out);
  case Type::LIST: return append_list<arrow::ListArray>(from, at, out);
  case Type::LARGE_LIST: return append_list<arrow::LargeListArray>(from, at, out);
  case Type::FIXED_SIZE_LIST: return append_list<arrow::FixedSizeListArray>(from, at, out);
  case Type::STRUCT: return append_struct(from, at, out);
  default: { // dates, times, decimals
    ARROW_ASSIGN_OR_RAISE(const auto value, from.GetScalar(at));
    append_text(value->ToString(), out);
  }
  }
  return Status::OK();
}

} // namespace

Status check_writable(const arrow::DataType& type) {
  return check_writable(type, 0);
}

Status append_row(const arrow::RecordBatch& rows, std::int64_t row, std::string& out) {
  char before = '{';
  for (int i = 0; i < rows.num_columns(); ++i) {
    out += before;
    before = ',';
    append_text(rows.column_name(i), out);
    out += ':';
    ARROW_RETURN_NOT_OK(append_value(*rows.column(i), row, out));
  }
  out += '}';
  return Status::OK();
}

} // namespace loadgen_parquet_plugin
