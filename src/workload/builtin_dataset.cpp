#include "workload/dataset_parser.hpp"
#include "workload/embedded_corpora.hpp"

#include <loadgen/workload/dataset.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace loadgen::workload {

namespace {

constexpr std::string_view whole_corpus = "default";

result<dataset> read_corpus(std::string_view name, const dataset_reading& how) {
  const std::string full_name = fmt::format("builtin:{}", name);
  return index_dataset({borrowed_bytes(embedded_default_corpus()), full_name, full_name, ".jsonl"}, how);
}

} // namespace

std::vector<std::string> builtin_categories() {
  std::set<std::string> categories;
  const auto all = read_corpus(whole_corpus, {});
  for (std::size_t i = 0; all && i < all->entries.size(); ++i) categories.insert(all->entries[i].category);
  return {categories.begin(), categories.end()};
}

result<dataset> builtin_dataset(std::string_view name, const dataset_reading& how) {
  if (name == whole_corpus) return read_corpus(name, how);
  std::string_view category = name;
  if (category.starts_with("default/")) category.remove_prefix(whole_corpus.size() + 1);
  const std::vector<std::string> known = builtin_categories();
  if (std::find(known.begin(), known.end(), category) == known.end())
    return invalid_input(fmt::format("'{}' is not a builtin dataset; expected default, or a category of it: {}", name,
                                     fmt::join(known, ", ")));
  dataset_reading selected = how;
  selected.filters.push_back({"category", {std::string{category}}});
  return read_corpus(name, selected);
}

} // namespace loadgen::workload
