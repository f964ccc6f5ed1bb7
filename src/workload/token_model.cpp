#include "workload/common_words.hpp"

#include <loadgen/workload/synthetic.hpp>

#include <array>

namespace loadgen::workload {

namespace {

struct named_source {
  token_source source;
  std::string_view name;
};

constexpr std::array named_sources{named_source{token_source::estimate, "estimate"},
                                   named_source{token_source::tokenize, "tokenize"},
                                   named_source{token_source::probe, "probe"}};

} // namespace

std::string_view to_string(token_source source) noexcept {
  for (const auto& known : named_sources)
    if (known.source == source) return known.name;
  return "";
}

std::optional<token_source> token_source_from_name(std::string_view name) noexcept {
  for (const auto& known : named_sources)
    if (known.name == name) return known.source;
  return std::nullopt;
}

std::span<const std::string_view> candidate_words() noexcept {
  return common_words;
}

token_model estimated_tokens() {
  token_model model;
  model.words.assign(common_words.begin(), common_words.end());
  return model;
}

std::string prompt_text(std::span<const std::string_view> words) {
  std::string text{anchor_word};
  for (const std::string_view word : words) {
    text += ' ';
    text += word;
  }
  return text;
}

} // namespace loadgen::workload
