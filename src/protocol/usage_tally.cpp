#include "protocol/usage_tally.hpp"

#include <algorithm>
#include <limits>

namespace loadgen::protocol {

namespace {

using figure = std::optional<std::uint32_t>;

constexpr std::size_t choices_kept = 1024;

figure sum(figure a, figure b) {
  if (!a || !b) return a ? a : b;
  const std::uint64_t total = std::uint64_t{*a} + *b;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(total, std::numeric_limits<std::uint32_t>::max()));
}

usage_figures combine(const usage_figures& a, const usage_figures& b, prompt_rule rule) {
  // An empty optional is less than any figure.
  const auto prompts = [rule](figure x, figure y) { return rule == prompt_rule::added ? sum(x, y) : std::max(x, y); };
  return {.prompt = prompts(a.prompt, b.prompt),
          .cached = prompts(a.cached, b.cached),
          .completion = sum(a.completion, b.completion),
          .reasoning = sum(a.reasoning, b.reasoning)};
}

usage_figures first_known(const usage_figures& preferred, const usage_figures& other) {
  const auto pick = [](figure x, figure y) { return x ? x : y; };
  return {.prompt = pick(preferred.prompt, other.prompt),
          .cached = pick(preferred.cached, other.cached),
          .completion = pick(preferred.completion, other.completion),
          .reasoning = pick(preferred.reasoning, other.reasoning)};
}

} // namespace

void usage_tally::add_for_choice(std::uint32_t index, const usage_figures& figures) {
  if (index >= choices_kept) return;
  if (index >= by_choice_.size()) by_choice_.resize(index + 1);
  by_choice_[index] = first_known(figures, by_choice_[index]);
}

void usage_tally::add_total(const usage_figures& figures) {
  newest_total_ = first_known(figures, newest_total_);
  summed_totals_ = combine(summed_totals_, figures, rule_);
}

usage_figures usage_tally::request_figures() const {
  usage_figures of_choices;
  for (const usage_figures& figures : by_choice_) of_choices = combine(of_choices, figures, rule_);
  return first_known(several_choices_ ? summed_totals_ : newest_total_, of_choices);
}

void usage_tally::reset() {
  several_choices_ = false;
  by_choice_.clear();
  newest_total_ = {};
  summed_totals_ = {};
}

} // namespace loadgen::protocol
