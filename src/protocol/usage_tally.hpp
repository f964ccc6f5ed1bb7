#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace loadgen::protocol {

/// Token counts as one `usage` object has them; what it lacks is empty.
struct usage_figures {
  std::optional<std::uint32_t> prompt;     ///< prompt_tokens
  std::optional<std::uint32_t> cached;     ///< prompt_tokens_details.cached_tokens, part of `prompt`
  std::optional<std::uint32_t> completion; ///< completion_tokens, of all that was generated
  std::optional<std::uint32_t> reasoning;  ///< completion_tokens_details.reasoning_tokens, part of `completion`

  /// Whether it has no figure at all.
  [[nodiscard]] bool empty() const noexcept { return !prompt && !cached && !completion && !reasoning; }

  bool operator==(const usage_figures&) const = default;
};

/// How the prompt tokens of several choices make those of the request.
enum class prompt_rule : std::uint8_t {
  shared, ///< the choices answer one prompt, which each of them counts: the highest figure holds (chat)
  added,  ///< the choices answer a prompt each: the figures are added (completions)
};

/// Makes one request's token counts of the usage objects of its stream. Engines send them in three places:
///
///  - on events with choices (the finish event, or every event, then cumulative). They belong to that choice (the
///    event's first); each newer figure replaces that choice's older one, and the choices are added up.
///  - on events whose `choices` is empty. Those are totals and stand above the figures per choice. In a stream of one
///    choice the newest total holds. In a stream of several choices several totals are one per choice (llama.cpp), so
///    they are added up; the usual single one already is the sum (vLLM, OpenAI).
///
/// Completion and reasoning tokens are added; prompt and cached tokens follow the prompt_rule. With `added`, a
/// completions request with n > 1 at an engine that reports per choice counts its prompt n times: the stream does not
/// tell n choices of one prompt from n prompts. Each figure is found for itself, so that one the totals lack is taken
/// from the choices. Choices with an index of 1024 and more are left out of the figures per choice.
class usage_tally {
public:
  explicit usage_tally(prompt_rule rule) noexcept : rule_(rule) {}

  /// A choice of that index was seen: tells streams of several choices from those of one.
  void saw_choice(std::uint32_t index) noexcept { several_choices_ = several_choices_ || index != 0; }

  /// Usage from an event whose first choice has that index.
  void add_for_choice(std::uint32_t index, const usage_figures& figures);

  /// Usage from an event without choices.
  void add_total(const usage_figures& figures);

  /// The request's counts, as far as the stream has told.
  [[nodiscard]] usage_figures request_figures() const;

  void reset();

private:
  prompt_rule rule_;
  bool several_choices_ = false;
  std::vector<usage_figures> by_choice_;
  usage_figures newest_total_;
  usage_figures summed_totals_;
};

} // namespace loadgen::protocol
