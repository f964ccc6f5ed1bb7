#include <loadgen/workload/dataset_summary.hpp>

#include <algorithm>
#include <bit>
#include <numeric>

namespace loadgen::workload {

namespace {

using lengths = std::vector<std::uint32_t>;

length_figures figures_of(lengths values) {
  length_figures made;
  if (values.empty()) return made;
  std::sort(values.begin(), values.end());
  const auto percentile = [&](std::uint64_t percent) {
    const std::uint64_t rank = (values.size() * percent + 99) / 100;
    return std::uint64_t{values[std::max<std::uint64_t>(rank, 1) - 1]};
  };
  made.count = values.size();
  made.mean = static_cast<double>(std::accumulate(values.begin(), values.end(), std::uint64_t{0})) /
              static_cast<double>(values.size());
  made.min = values.front();
  made.p50 = percentile(50);
  made.p90 = percentile(90);
  made.p99 = percentile(99);
  made.max = values.back();
  return made;
}

// Each bin is twice as wide as the one before: lengths of prompts spread over magnitudes.
std::vector<length_bin> bins_of(const lengths& values) {
  std::vector<length_bin> bins;
  const auto place = [](std::uint32_t value) { return static_cast<std::size_t>(std::bit_width(value)); };
  for (const std::uint32_t value : values) {
    while (bins.size() <= place(value)) {
      const std::uint64_t from = bins.empty() ? 0 : std::uint64_t{1} << (bins.size() - 1);
      bins.push_back({from, bins.empty() ? 0 : 2 * from - 1, 0});
    }
    ++bins[place(value)].count;
  }
  bins.erase(bins.begin(), std::find_if(bins.begin(), bins.end(), [](const auto& bin) { return bin.count > 0; }));
  return bins;
}

} // namespace

result<dataset_statistics> describe(const dataset& prompts) {
  dataset_statistics made;
  made.entries = prompts.entries.size();
  lengths characters, input_tokens, max_tokens;
  for (std::size_t i = 0; i < prompts.entries.size(); ++i) {
    const auto entry = prompts.entries.at(i);
    if (entry.has_error()) return entry.error();
    if (entry->input_tokens)
      input_tokens.push_back(*entry->input_tokens);
    else
      characters.push_back(static_cast<std::uint32_t>(characters_in(text_of(*entry))));
    if (entry->max_tokens) max_tokens.push_back(*entry->max_tokens);
    ++made.categories[entry->category];
  }
  made.lengths = bins_of(characters.empty() ? input_tokens : characters);
  made.characters = figures_of(std::move(characters));
  made.input_tokens = figures_of(std::move(input_tokens));
  made.max_tokens = figures_of(std::move(max_tokens));
  return made;
}

} // namespace loadgen::workload
