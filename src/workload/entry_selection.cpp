#include "workload/entry_selection.hpp"

#include <fmt/format.h>

namespace loadgen::workload {

result<void> check_selection(const dataset_reading& how) {
  if (how.limit == 0U) return invalid_input("a limit of 0 entries; expected at least 1");
  if (how.sample == 0U) return invalid_input("a sample of 0 entries; expected at least 1");
  if (how.min_chars && how.max_chars && *how.min_chars > *how.max_chars)
    return invalid_input(fmt::format("at least {} and at most {} characters; expected the first to be no more than the "
                                     "second",
                                     *how.min_chars, *how.max_chars));
  for (const entry_filter& filter : how.filters)
    if (filter.field.empty() || filter.values.empty())
      return invalid_input("a filter without a field or a value; expected one such as category=code");
  return {};
}

bool passes(const decoded_entry& entry, const dataset_reading& how) {
  std::size_t next_field = 0;
  for (const entry_filter& filter : how.filters) {
    const std::string& value = filter.field == "category" ? entry.entry.category
                               : filter.field == "id"     ? entry.entry.id
                                                          : entry.fields[next_field++];
    const bool among = std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
    if (among == filter.excludes) return false;
  }
  if (!how.min_chars && !how.max_chars) return true;
  const std::uint64_t length = characters_in(text_of(entry.entry));
  return length >= how.min_chars.value_or(0) && length <= how.max_chars.value_or(length);
}

} // namespace loadgen::workload
