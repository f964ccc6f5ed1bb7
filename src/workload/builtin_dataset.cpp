#include "base/sha256.hpp"
#include "workload/dataset_parser.hpp"
#include "workload/embedded_corpora.hpp"

#include <loadgen/workload/dataset.hpp>

#include <fmt/format.h>

namespace loadgen::workload {

result<dataset> builtin_dataset(std::string_view name) {
  if (name != "default")
    return invalid_input(fmt::format("'{}' is not a builtin dataset; expected one of: default", name));
  const std::string_view bytes = embedded_default_corpus();
  std::string full_name = fmt::format("builtin:{}", name);
  auto entries = parse_dataset(full_name, bytes, dataset_format::jsonl);
  if (entries.has_error()) return entries.error();
  return dataset{std::move(full_name), sha256_hex(bytes), *std::move(entries)};
}

} // namespace loadgen::workload
