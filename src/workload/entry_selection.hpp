#pragma once

#include "workload/entry_decoder.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/base/random.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/random/uniform_int_distribution.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace loadgen::workload {

/// Errors: invalid_input for a selection that cannot be meant.
[[nodiscard]] result<void> check_selection(const dataset_reading& how);

/// Whether the filters and the bounds of length let an entry pass.
[[nodiscard]] bool passes(const decoded_entry& entry, const dataset_reading& how);

/// How many of so many entries the limit leaves.
[[nodiscard]] inline std::uint64_t left_by_limit(std::uint64_t entries, const dataset_reading& how) noexcept {
  return std::min(entries, how.limit.value_or(entries));
}

/// Limits, samples and shuffles. There are at least as many as the sample asks for.
template<class Entry>
void select(std::vector<Entry>& entries, const dataset_reading& how) {
  using below = boost::random::uniform_int_distribution<std::uint64_t>;
  entries.resize(left_by_limit(entries.size(), how));
  if (how.sample) { // each subset is as likely as any other (Knuth, TAOCP 2, 3.4.2, algorithm S)
    random_stream draws{how.seed, "dataset-sample"};
    std::uint64_t wanted = *how.sample;
    std::size_t kept = 0;
    for (std::size_t i = 0; wanted > 0; ++i)
      if (below{0, entries.size() - i - 1}(draws) < wanted) {
        entries[kept++] = entries[i];
        --wanted;
      }
    entries.resize(kept);
  }
  if (!how.shuffle) return;
  random_stream draws{how.seed, "dataset-order"};
  for (std::size_t left = entries.size(); left > 1; --left)
    std::swap(entries[left - 1], entries[below{0, left - 1}(draws)]);
}

} // namespace loadgen::workload
