#include <loadgen/workload/dataset_summary.hpp>

#include <algorithm>
#include <functional>

namespace loadgen::workload {

namespace {

/// The text with each run of white space as one space, and none at its ends.
std::string folded(std::string_view text) {
  std::string made;
  bool space = false;
  for (const char c : text) {
    if (std::string_view{" \t\r\n\v\f"}.find(c) != std::string_view::npos) {
      space = true;
      continue;
    }
    if (space && !made.empty()) made += ' ';
    space = false;
    made += c;
  }
  return made;
}

struct fingerprint {
  std::uint64_t hash = 0;
  std::uint64_t index = 0;
};

/// Among entries of one fingerprint, in file order, those that ask what one before them does.
result<void> compare_texts(const dataset& prompts, const std::vector<std::uint64_t>& alike,
                           std::vector<duplicate_entry>& into) {
  struct seen {
    std::string text, folded;
    std::uint32_t line = 1;
  };

  std::vector<seen> distinct;
  for (const std::uint64_t index : alike) {
    const auto entry = prompts.entries.at(index);
    if (entry.has_error()) return entry.error();
    seen one{text_of(*entry), {}, entry->line};
    one.folded = folded(one.text);
    const auto same = std::find_if(distinct.begin(), distinct.end(),
                                   [&one](const seen& before) { return before.folded == one.folded; });
    if (same == distinct.end())
      distinct.push_back(std::move(one));
    else
      into.push_back({one.line, same->line, same->text == one.text});
  }
  return {};
}

} // namespace

result<std::vector<duplicate_entry>> find_duplicates(const dataset& prompts) {
  std::vector<fingerprint> all;
  all.reserve(prompts.entries.size());
  for (std::size_t i = 0; i < prompts.entries.size(); ++i) {
    const auto entry = prompts.entries.at(i);
    if (entry.has_error()) return entry.error();
    const std::string text = folded(text_of(*entry));
    if (!text.empty()) all.push_back({std::hash<std::string>{}(text), i});
  }
  std::sort(all.begin(), all.end(), [](const fingerprint& a, const fingerprint& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.index < b.index;
  });
  std::vector<duplicate_entry> found;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    std::vector<std::uint64_t> alike;
    for (end = begin; end < all.size() && all[end].hash == all[begin].hash; ++end) alike.push_back(all[end].index);
    if (alike.size() < 2) continue;
    if (const auto compared = compare_texts(prompts, alike, found); compared.has_error()) return compared.error();
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return found;
}

} // namespace loadgen::workload
