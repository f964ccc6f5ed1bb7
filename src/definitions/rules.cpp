#include "definitions/rules.hpp"

#include <array>

namespace loadgen::definitions {

namespace {

constexpr std::uint8_t every_choice = any_content | call_name | blank | bare;
constexpr std::uint8_t ttft_tpot_e2e = ttft_objective | tpot_objective | e2e_objective;

constexpr rules vllm_rules{
    .chat_tokens = text | reasoning | call_arguments | call_name | blank,
    .completions_tokens = every_choice,
    .end = end_point::last_token,
    .error_event_succeeds = true,
    .itl = itl_rule::event_gaps,
    .tpot = tpot_rule::after_first,
    .objectives = ttft_tpot_e2e,
    .missing = missing_figure::meets,
};

constexpr rules sglang_rules{
    .chat_tokens = text | any_reasoning,
    .completions_tokens = text,
    .counted = token_count::usage_or_asked,
    .empty = empty_answer::zero,
    .error_event_succeeds = true,
    .itl = itl_rule::event_gaps,
    .tpot = tpot_rule::after_first,
    .objectives = ttft_tpot_e2e,
    .missing = missing_figure::meets,
};

constexpr rules guidellm_rules{
    .chat_tokens = any_content | call_name,
    .start = start_point::sent,
    .empty = empty_answer::untimed_if_counted,
    .itl = itl_rule::mean_of_request,
    .tpot = tpot_rule::with_first,
    .weighted_by_tokens = true,
    .percentiles = percentile_rule::nearest_above,
    .objectives = ttft_tpot_e2e,
};

constexpr rules aiperf_rules{
    .chat_tokens = any_content | call_name,
    .end = end_point::last_token,
    .itl = itl_rule::mean_of_request,
    .span = span_rule::completed_requests,
    .objectives = ttft_tpot_e2e,
};

constexpr rules inference_perf_rules{
    .chat_tokens = text,
    .counted = token_count::text_usage,
    .empty = empty_answer::untimed,
    .error_event_succeeds = true,
    .ttft_needs_two_tokens = true,
    .itl = itl_rule::token_gaps,
    .tpot = tpot_rule::between_tokens,
    .objectives = ttft_tpot_e2e | itl_objective,
};

constexpr rules genai_bench_rules{
    .chat_tokens = text | any_reasoning,
    .empty = empty_answer::timed_at_end_if_counted,
    .tpot = tpot_rule::after_first,
    .shortest_generation = std::chrono::milliseconds{1},
};

constexpr rules llmperf_rules{
    .chat_tokens = text,
    .counted = token_count::text_usage,
    .empty = empty_answer::zero,
    .itl = itl_rule::mean_with_first,
    .sample_deviation = true,
    .has_total_rate = false,
};

constexpr rules mlperf_rules{
    .start = start_point::planned,
    .tpot = tpot_rule::after_first,
    .percentiles = percentile_rule::next_rank,
    .span = span_rule::until_last_issued,
    .first_request_uncounted = true,
    .has_total_rate = false,
};

constexpr std::array<const rules*, tool_count> all_rules{&vllm_rules,    &sglang_rules,         &guidellm_rules,
                                                         &aiperf_rules,  &inference_perf_rules, &genai_bench_rules,
                                                         &llmperf_rules, &mlperf_rules};

} // namespace

const rules& rules_of(tool which) noexcept {
  return *all_rules[static_cast<std::size_t>(which)];
}

} // namespace loadgen::definitions
