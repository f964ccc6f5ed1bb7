#include "workload/dataset_parser.hpp"
#include "workload/embedded_corpora.hpp"

#include <loadgen/workload/dataset.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

result<dataset> builtin_dataset(std::string_view name, const dataset_reading& how) {
  const std::size_t slash = std::min(name.find('/'), name.size());
  if (name.substr(0, slash) != "default")
    return invalid_input(fmt::format("'{}' is not a builtin dataset; expected one of: default", name));
  dataset_reading selected = how;
  if (slash < name.size()) selected.filters.push_back({"category", {std::string{name.substr(slash + 1)}}});
  std::string full_name = fmt::format("builtin:{}", name);
  return index_dataset({borrowed_bytes(embedded_default_corpus()), full_name, full_name, ".jsonl"}, selected);
}

} // namespace loadgen::workload
