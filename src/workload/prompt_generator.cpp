#include "workload/common_words.hpp"

#include <loadgen/workload/synthetic.hpp>

#include <boost/random/uniform_int_distribution.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace loadgen::workload {

namespace {

constexpr std::uint32_t most_distinct_words = 4;
constexpr std::uint64_t most_distinct = std::uint64_t{1} << 32U;
constexpr double share_unit = 4294967296.0; // 2^32

/// What tells the words of one level and trial from those of another.
std::uint64_t place_seed(std::uint64_t seed, std::string_view dimension, const prompt_order& order) {
  return random_stream{random_stream{seed, dimension, order.level}(), dimension, order.trial}();
}

/// The `digits` digits of `number` to the base `base`, the highest first.
template<class Visit>
void for_each_digit(std::uint64_t number, std::uint64_t base, std::uint32_t digits, Visit visit) {
  std::uint64_t unit = 1;
  for (std::uint32_t i = 1; i < digits; ++i) unit *= base;
  for (; digits > 0; --digits, unit /= base) visit(number / unit % base);
}

/// A number that goes through all of 0 to `range` - 1 before one comes again, as `index` counts up; below 2^32.
std::uint64_t scattered(std::uint64_t index, std::uint64_t range, random_stream draws) {
  if (range < 2) return 0;
  const std::uint64_t offset = draws() % range;
  std::uint64_t factor = draws() % range | 1U;
  while (std::gcd(factor, range) != 1) factor += 2;
  return (index % range * (factor % range) + offset) % range;
}

std::optional<error> fault_of(const synthetic_spec& spec, const token_model& tokens, std::uint32_t shortest) {
  if (tokens.words.size() < 2 || !(tokens.word_tokens > 0)) return invalid_input("a token model without words");
  if (!spec.input || spec.input->form != length_form::constant) return std::nullopt;
  const double length = spec.input->first;
  if (length < shortest)
    return invalid_input(fmt::format("in={} is shorter than the shortest prompt of this server and model, which has {} "
                                     "tokens{}",
                                     length, shortest, tokens.template_known ? " with the chat template" : ""));
  if (spec.prefix > 0 && length < static_cast<double>(spec.prefix) + shortest)
    return invalid_input(fmt::format("in={} has no room behind the prefix of {} tokens; expected at least {}", length,
                                     spec.prefix, std::uint64_t{spec.prefix} + shortest));
  return std::nullopt;
}

} // namespace

result<prompt_generator> prompt_generator::make(synthetic_spec spec, std::vector<recorded_lengths> recorded,
                                                token_model tokens, std::uint64_t seed) {
  prompt_generator made{std::move(spec), std::move(recorded), std::move(tokens), seed};
  if (auto fault = fault_of(made.spec_, made.tokens_, made.shortest())) return *std::move(fault);
  return made;
}

prompt_generator::prompt_generator(synthetic_spec spec, std::vector<recorded_lengths> recorded, token_model tokens,
                                   std::uint64_t seed)
    : spec_(std::move(spec)),
      recorded_(std::move(recorded)),
      tokens_(std::move(tokens)),
      seed_(seed),
      share_phase_(random_stream{seed, "prefix-share"}() >> 32U),
      share_step_(static_cast<std::uint64_t>(std::llround(spec_.hit * share_unit))) {
  const std::uint64_t words = tokens_.words.size();
  while (distinct_words_ < most_distinct_words && distinct_ * words <= most_distinct) {
    distinct_ *= words;
    ++distinct_words_;
  }
}

std::uint32_t prompt_generator::shortest() const noexcept {
  return tokens_.overhead + static_cast<std::uint32_t>(std::ceil(tokens_.word_tokens));
}

// The places where the sum of the shares passes a whole number.
bool prompt_generator::shares_prefix(std::uint64_t index) const noexcept {
  if (spec_.prefix == 0) return false;
  const std::uint64_t place = index % most_distinct; // so that no product passes 2^64
  const auto passed = [this](std::uint64_t i) { return (i * share_step_ + share_phase_) >> 32U; };
  return share_step_ >> 32U != 0 || passed(place + 1) != passed(place);
}

const recorded_lengths& prompt_generator::recorded_of(const prompt_order& order) const {
  random_stream draws{seed_, order.warmup ? "warmup-trace-lengths" : "trace-lengths", order.index};
  return recorded_[boost::random::uniform_int_distribution<std::size_t>{0, recorded_.size() - 1}(draws)];
}

std::uint32_t prompt_generator::input_of(const prompt_order& order) const {
  if (order.input != 0) return order.input;
  if (spec_.input)
    return draw_length(*spec_.input, {seed_, order.warmup ? "warmup-input-length" : "input-length", order.index});
  return recorded_.empty() ? 0 : recorded_of(order).input;
}

std::optional<std::uint32_t> prompt_generator::output_of(const prompt_order& order) const {
  if (order.output != 0) return order.output;
  if (spec_.output)
    return draw_length(*spec_.output, {seed_, order.warmup ? "warmup-output-length" : "output-length", order.index});
  if (recorded_.empty()) return std::nullopt;
  return std::max(recorded_of(order).output, 1U);
}

void prompt_generator::append_words(std::string& text, std::uint64_t count, random_stream draws) const {
  const std::uint64_t words = tokens_.words.size();
  std::uint64_t bits = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    bits = i % 2 == 0 ? draws() : bits << 32U; // two words from each draw
    text += ' ';
    text += tokens_.words[(bits >> 32U) * words >> 32U];
  }
}

void prompt_generator::append_own_words(std::string& text, std::uint64_t count, const prompt_order& order) const {
  const std::string_view dimension = order.warmup ? "warmup-words" : "words";
  const std::uint64_t seed = place_seed(seed_, dimension, order);
  const auto front = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, distinct_words_));
  std::uint64_t range = 1;
  for (std::uint32_t i = 0; i < front; ++i) range *= tokens_.words.size();
  const std::uint64_t number = scattered(order.index, range, {seed, "order"});
  for_each_digit(number, tokens_.words.size(), front, [this, &text](std::uint64_t digit) {
    text += ' ';
    text += tokens_.words[digit];
  });
  append_words(text, count - front, {seed, dimension, order.index});
}

void prompt_generator::append_blocks(std::string& text, std::uint64_t count,
                                     std::span<const std::uint64_t> blocks) const {
  const auto block_words =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(trace_block_tokens / tokens_.word_tokens));
  for (std::size_t i = 0; count > 0; ++i) {
    const bool last = i + 1 >= blocks.size(); // goes on to the end, should the trace have too few ids
    const std::uint64_t words = last ? count : std::min(count, block_words);
    append_words(text, words, {seed_, "trace-block", blocks[std::min(i, blocks.size() - 1)]});
    count -= words;
  }
}

made_prompt prompt_generator::at(const prompt_order& order) const {
  made_prompt made;
  made.shares_prefix = order.blocks.empty() && shares_prefix(order.index);
  made.output = output_of(order);
  made.input = std::max(input_of(order), shortest() + (made.shares_prefix ? spec_.prefix : 0));

  const double room = made.input - tokens_.overhead;
  const bool whole = !tokens_.filler.empty() || tokens_.word_tokens == 1;
  const auto words = static_cast<std::uint64_t>(whole ? std::floor(room / tokens_.word_tokens)
                                                      : std::max(1.0, std::round(room / tokens_.word_tokens)));
  const auto prefix =
      made.shares_prefix
          ? std::min(words - 1, static_cast<std::uint64_t>(std::ceil(spec_.prefix / tokens_.word_tokens)))
          : 0;
  made.text.reserve(words * 7 + anchor_word.size());
  made.text = anchor_word;
  if (!order.blocks.empty()) {
    append_blocks(made.text, words, order.blocks);
  } else {
    append_words(made.text, prefix, {place_seed(seed_, "prefix-words", order), "prefix-words"});
    append_own_words(made.text, words - prefix, order);
  }
  if (!tokens_.filler.empty())
    for (auto missing = static_cast<std::uint64_t>(room - static_cast<double>(words) * tokens_.word_tokens);
         missing > 0; --missing)
      made.text += tokens_.filler;
  return made;
}

} // namespace loadgen::workload
