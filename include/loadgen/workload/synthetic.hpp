#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/lengths.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What `synthetic:SPEC` asks for.
struct synthetic_spec {
  std::optional<length_distribution> input;  ///< tokens of a prompt; unset: those of `trace_file`, or of the grid
  std::optional<length_distribution> output; ///< tokens to ask for; unset: the trace's, or the settings' own budget
  std::uint32_t prefix = 0;                  ///< tokens of the prefix that prompts share; 0: none
  double hit = 0;                            ///< share of the requests that begin with it, 0 to 1
  std::filesystem::path trace_file{};        ///< a recorded trace whose lengths are drawn from; empty: none

  /// Member by member.
  friend bool operator==(const synthetic_spec&, const synthetic_spec&) = default;
};

/// Reads "in=512,out=uniform(8,64),prefix=256,hit=0.8" or "trace=FILE,...": what stands behind "synthetic:". `in` and
/// `trace` exclude each other; neither is needed. `hit` without a value is 1 where there is a prefix. Errors:
/// invalid_input, quoting the part that is not valid.
[[nodiscard]] result<synthetic_spec> parse_synthetic(std::string_view text);

/// As parse_synthetic() reads it, in one order whatever the order was.
[[nodiscard]] std::string format_synthetic(const synthetic_spec& spec);

/// How a server came to be known to count tokens.
enum class token_source : std::uint8_t {
  estimate, ///< not at all: one token is taken for each word
  tokenize, ///< its POST /tokenize was asked
  probe,    ///< `usage.prompt_tokens` of short requests was read
};

/// The name in files and reports: "estimate".
[[nodiscard]] std::string_view to_string(token_source source) noexcept;

/// The token_source of that name, or nothing.
[[nodiscard]] std::optional<token_source> token_source_from_name(std::string_view name) noexcept;

/// What the tokens of synthetic prompts are on one server with one model. A prompt is the word "The", then `words`
/// with a space before each, then `filler` so often as tokens are missing. It has
/// `overhead` + `word_tokens` x words + fillers tokens.
struct token_model {
  std::vector<std::string> words; ///< 2 or more; ASCII that JSON takes as it is
  double word_tokens = 1;         ///< of each word; whole where `exact`, else a mean
  std::string filler;             ///< one token each; empty where word_tokens is 1 or not whole
  std::uint32_t overhead = 1;     ///< tokens of a prompt of no words: the first word, and what the server puts around
  bool exact = false;             ///< prompts of several lengths were counted, and had the tokens that they should have
  bool template_known = false;    ///< `overhead` has what the chat template adds; true for completions
  token_source source = token_source::estimate; ///< where all this comes from

  /// Member by member.
  friend bool operator==(const token_model&, const token_model&) = default;
};

/// One token a word, and nothing around: for servers that cannot be asked.
[[nodiscard]] token_model estimated_tokens();

/// All words that a model may be made of.
[[nodiscard]] std::span<const std::string_view> candidate_words() noexcept;

/// The text of "The" and these words.
[[nodiscard]] std::string prompt_text(std::span<const std::string_view> words);

/// Lengths of a request that a server once had.
struct recorded_lengths {
  std::uint32_t input = 0;  ///< tokens of its prompt
  std::uint32_t output = 0; ///< tokens of its answer
};

/// Which prompt of a run is to be made. Equal orders make equal prompts.
struct prompt_order {
  std::uint64_t index = 0;  ///< its place in the level; draws lengths, and whether it shares the prefix
  std::uint32_t level = 0;  ///< with `trial`: the words differ where these do, the lengths do not
  std::uint32_t trial = 0;  ///< see `level`
  bool warmup = false;      ///< of the warm-up: its own words differ, the shared prefix does not
  std::uint32_t input = 0;  ///< tokens it must have; 0: drawn
  std::uint32_t output = 0; ///< tokens to ask for; 0: drawn, or where none are asked for unset
  /// A trace's `hash_ids`: each stands for a block of 512 tokens whose text depends on it alone, so that prompts with
  /// the same first ids begin the same. Empty: words of the prompt's own.
  std::span<const std::uint64_t> blocks{};
};

/// A prompt, made.
struct made_prompt {
  std::string text;                    ///< ASCII that JSON takes as it is
  std::uint32_t input = 0;             ///< tokens it is meant to have: what was asked, but at least the shortest
  std::optional<std::uint32_t> output; ///< tokens to ask for; unset: whatever the settings say
  bool shares_prefix = false;          ///< begins with the shared prefix
};

/// Tokens that one of a trace's `hash_ids` stands for.
inline constexpr std::uint32_t trace_block_tokens = 512;

/// Prompts as a pure function of a spec, a seed and how a server counts: the same seed gives the same bytes. Each
/// random dimension (input lengths, output lengths, words, the prefix, who shares it) has a stream of its own. No two
/// prompts of one level are equal, as long as their words suffice: with V words and n of them in a prompt's own part,
/// the first V^min(n,4) are told apart by those alone.
///
/// Thread-safety: all const members may be called from several threads at once.
class prompt_generator {
public:
  /// Errors: invalid_input for a model without words, a spec whose constant input is not longer than its prefix, or
  /// whose constant input is shorter than the shortest prompt of that server.
  [[nodiscard]] static result<prompt_generator> make(synthetic_spec spec, std::vector<recorded_lengths> recorded,
                                                     token_model tokens, std::uint64_t seed);

  /// The prompt of that order.
  [[nodiscard]] made_prompt at(const prompt_order& order) const;

  /// Tokens of the shortest prompt there can be.
  [[nodiscard]] std::uint32_t shortest() const noexcept;

  /// As given to make().
  [[nodiscard]] const synthetic_spec& spec() const noexcept { return spec_; }

  /// As given to make().
  [[nodiscard]] const token_model& tokens() const noexcept { return tokens_; }

  /// Whether the request of that place in its level begins with the shared prefix: `hit` of any number of requests in a
  /// row do, to one.
  [[nodiscard]] bool shares_prefix(std::uint64_t index) const noexcept;

private:
  prompt_generator(synthetic_spec spec, std::vector<recorded_lengths> recorded, token_model tokens, std::uint64_t seed);

  [[nodiscard]] std::uint32_t input_of(const prompt_order& order) const;
  [[nodiscard]] std::optional<std::uint32_t> output_of(const prompt_order& order) const;
  [[nodiscard]] const recorded_lengths& recorded_of(const prompt_order& order) const;
  void append_words(std::string& text, std::uint64_t count, random_stream draws) const;
  void append_own_words(std::string& text, std::uint64_t count, const prompt_order& order) const;
  void append_blocks(std::string& text, std::uint64_t count, std::span<const std::uint64_t> blocks) const;

  synthetic_spec spec_;
  std::vector<recorded_lengths> recorded_;
  token_model tokens_;
  std::uint64_t seed_;
  std::uint32_t distinct_words_ = 0; // how many words in front tell prompts apart
  std::uint64_t distinct_ = 1;       // how many prompts they tell apart
  std::uint64_t share_phase_ = 0;    // in 2^-32 of a request
  std::uint64_t share_step_ = 0;     // `hit`, in 2^-32
};

} // namespace loadgen::workload
