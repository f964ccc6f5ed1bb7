#include "base/sha256.hpp"
#include "workload/dataset_parser.hpp"
#include "workload/file_bytes.hpp"

#include <loadgen/workload/dataset.hpp>

#include <boost/algorithm/string/predicate.hpp>

namespace loadgen::workload {

namespace {

dataset_format format_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  if (boost::algorithm::iequals(extension, ".jsonl")) return dataset_format::jsonl;
  if (boost::algorithm::iequals(extension, ".json")) return dataset_format::json_array;
  return dataset_format::text;
}

} // namespace

result<dataset> read_dataset(const std::filesystem::path& file) {
  const auto bytes = read_bytes(file);
  if (bytes.has_error()) return bytes.error();
  auto entries = parse_dataset(file.string(), *bytes, format_of(file));
  if (entries.has_error()) return entries.error();
  return dataset{file.filename().string(), sha256_hex(*bytes), *std::move(entries)};
}

dataset single_prompt(std::string text) {
  std::string digest = sha256_hex(text);
  dataset_entry entry;
  entry.prompt = std::move(text);
  return dataset{"prompt", std::move(digest), {std::move(entry)}};
}

} // namespace loadgen::workload
