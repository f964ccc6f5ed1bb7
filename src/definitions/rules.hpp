#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/definitions/tool.hpp>

#include <cstdint>

namespace loadgen::definitions {

/// What an event of a stream carries, as bits. A tool's rules name those that it takes for a token.
enum event_kind : std::uint8_t {
  text = 1U << 0U,              ///< non-empty content or text
  reasoning = 1U << 1U,         ///< non-empty `reasoning`
  reasoning_content = 1U << 2U, ///< non-empty `reasoning_content` and nothing else
  call_arguments = 1U << 3U,    ///< arguments of a tool or function call and no text
  call_name = 1U << 4U,         ///< a call without arguments
  blank = 1U << 5U,             ///< content or text that is the empty string, and no role
  bare = 1U << 6U,              ///< a choice with nothing of all that: a role, a finish_reason
};

inline constexpr std::uint8_t any_reasoning = reasoning | reasoning_content;
inline constexpr std::uint8_t any_content = text | any_reasoning | call_arguments;

/// When a request begins.
enum class start_point : std::uint8_t {
  call,    ///< before a connection is opened for it, where one is
  sent,    ///< just before it is written on the ready connection
  planned, ///< when the schedule wanted it out; in a closed loop as `call`
};

/// When a request ends.
enum class end_point : std::uint8_t {
  last_token, ///< the last event that the tool takes for a token
  done,       ///< the end of the stream
};

/// How the output tokens of a request are counted. Each takes one token an event where the server told no usage.
enum class token_count : std::uint8_t {
  usage,          ///< the server's count
  usage_or_asked, ///< the server's count, else the max_tokens asked for
  text_usage,     ///< the server's count without its reasoning tokens: the tool tokenizes the text alone
};

/// What becomes of a completed request without an event that the tool takes for a token.
enum class empty_answer : std::uint8_t {
  failed,
  untimed,                 ///< a success without TTFT
  untimed_if_counted,      ///< the same where the server told output tokens, else a failure
  timed_at_end_if_counted, ///< a success whose end is its first token where the server told several, else a failure
  zero,                    ///< a success with a TTFT of 0
};

/// The samples of ITL.
enum class itl_rule : std::uint8_t {
  none,
  event_gaps,      ///< the time between token events
  token_gaps,      ///< the same between tokens, each token having its event's time: 0 within an event
  mean_of_request, ///< one a request: (last token event - first) / (tokens - 1)
  mean_with_first, ///< one a request: (last token event - start) / tokens
};

/// The samples of TPOT, one a request.
enum class tpot_rule : std::uint8_t {
  none,
  after_first,    ///< (end - first token event) / (tokens - 1)
  between_tokens, ///< (last token event - first) / (tokens - 1)
  with_first,     ///< (last token event - start) / tokens
};

enum class percentile_rule : std::uint8_t {
  linear,        ///< between the two nearest ranks, rank (n - 1) p
  nearest_above, ///< the first sample that, with those below it, has the share p of all weight
  next_rank,     ///< the sample of rank floor(n p), from 0
};

/// What rates are divided by.
enum class span_rule : std::uint8_t {
  all_requests,       ///< first start to last end, of completed and failed requests
  completed_requests, ///< the same of the completed ones
  until_last_issued,  ///< first start to the end of the completed request that was issued last
};

/// What an objective does to a request that has no such figure.
enum class missing_figure : std::uint8_t {
  meets,
  misses,
};

/// Which objectives the tool's goodput knows, as bits; none: it has no goodput.
enum objective_kind : std::uint8_t {
  no_objectives = 0,
  ttft_objective = 1U << 0U,
  itl_objective = 1U << 1U, ///< against the mean of the request's own gaps
  tpot_objective = 1U << 2U,
  e2e_objective = 1U << 3U,
};

/// All that sets one tool's figures apart: the reasons are in docs/definitions.md.
struct rules {
  std::uint8_t chat_tokens = any_content;        ///< event_kinds that are tokens, endpoint chat
  std::uint8_t completions_tokens = any_content; ///< the same, endpoint completions
  start_point start = start_point::call;
  end_point end = end_point::done;
  token_count counted = token_count::usage;
  empty_answer empty = empty_answer::failed;
  bool error_event_succeeds = false;  ///< a stream that an error event ended in order counts as a success
  bool ttft_needs_two_tokens = false; ///< an answer of one token has no TTFT
  itl_rule itl = itl_rule::none;
  tpot_rule tpot = tpot_rule::none;
  duration shortest_generation{};  ///< TPOT is left out where the time it is taken over is shorter
  bool weighted_by_tokens = false; ///< ITL and TPOT samples weigh as much as the tokens they are divided by
  percentile_rule percentiles = percentile_rule::linear;
  bool sample_deviation = false; ///< divided by n - 1
  span_rule span = span_rule::all_requests;
  bool first_request_uncounted = false; ///< the request rate is of n - 1 requests
  bool has_total_rate = true;
  std::uint8_t objectives =
      no_objectives; ///< a limit of TPOT is held against itl_rule::mean_of_request where that is ITL
  missing_figure missing = missing_figure::misses;
};

/// Valid as long as the program.
[[nodiscard]] const rules& rules_of(tool which) noexcept;

} // namespace loadgen::definitions
