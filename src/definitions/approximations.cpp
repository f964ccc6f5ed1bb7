#include <loadgen/definitions/figures.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace loadgen::definitions {

namespace {

using metrics::chunk_stamp;
using metrics::recorded_run;
using metrics::request_record;

/// Whether any measured completed request is such a one.
template<class Predicate>
bool any_request(const recorded_run& run, Predicate is_such) {
  return std::any_of(run.levels.begin(), run.levels.end(), [&is_such](const metrics::recorded_level& level) {
    return std::any_of(level.requests.begin(), level.requests.end(), [&is_such](const request_record& record) {
      return !record.warmup && record.end == metrics::outcome::completed && is_such(record);
    });
  });
}

bool lacks_empty_events(const recorded_run& run) {
  return !run.has_empty_events;
}

bool reused_connections(const recorded_run& run) {
  return any_request(run, [](const request_record& record) { return record.reused_connection; });
}

bool lacks_usage(const recorded_run& run) {
  return any_request(run, [](const request_record& record) { return !record.usage.output; });
}

bool has_usage(const recorded_run& run) {
  return any_request(run, [](const request_record& record) { return record.usage.output.has_value(); });
}

bool mixes_reasoning_of_unknown_size(const recorded_run& run) {
  return any_request(run, [](const request_record& record) {
    return record.usage.output && record.usage.reasoning.value_or(0) == 0 &&
           std::any_of(record.chunks.begin(), record.chunks.end(),
                       [](const chunk_stamp& chunk) { return !chunk.has(chunk_stamp::answer); });
  });
}

bool always(const recorded_run&) {
  return true;
}

struct approximation {
  std::initializer_list<tool> tools;
  bool (*holds)(const recorded_run&);
  std::string_view sentence;
};

constexpr auto with_empty_events = {tool::vllm, tool::guidellm, tool::aiperf};
constexpr auto with_text_alone = {tool::inference_perf, tool::llmperf};
constexpr auto connecting_each_time = {tool::sglang, tool::genai_bench, tool::llmperf};
constexpr auto with_tokenizer = {tool::aiperf, tool::inference_perf, tool::llmperf};
constexpr auto with_tokenizer_as_fallback = {tool::vllm, tool::genai_bench};
constexpr auto without_calls_and_reasoning = {tool::sglang, tool::genai_bench, tool::inference_perf, tool::llmperf};
constexpr auto at_usage = {tool::genai_bench};
constexpr auto by_callback = {tool::mlperf};

const std::array<approximation, 9> approximations_known{{
    {with_empty_events, lacks_empty_events,
     "these records are of format version 1, without empty events: blanks and names of tool calls, which it takes for "
     "tokens, are missing"},
    {without_calls_and_reasoning, lacks_empty_events,
     "these records are of format version 1, which does not tell tool calls from text: they count as tokens here"},
    {connecting_each_time, reused_connections,
     "it opens a connection for each request; this run reused connections, whose connecting cost is not known (run "
     "with --connection fresh)"},
    {with_tokenizer, has_usage,
     "it counts tokens with a tokenizer of its own; here the server's count stands for that"},
    {with_tokenizer_as_fallback, lacks_usage,
     "without the server's usage it counts tokens with a tokenizer; here each token event counts one"},
    {with_tokenizer, lacks_usage,
     "where the server told no usage, each token event counts one here, and not what its tokenizer would have counted"},
    {with_text_alone, mixes_reasoning_of_unknown_size,
     "the server did not tell reasoning tokens apart: each content event is taken for an equal share"},
    {at_usage, has_usage, "it ends with the usage event; here the end of the stream stands for that"},
    {by_callback, always,
     "first token and end are what a test harness reports to it; here the first content event and the end of the "
     "stream"},
}};

} // namespace

std::vector<std::string_view> approximations(tool which, const recorded_run& run) {
  std::vector<std::string_view> sentences;
  for (const approximation& known : approximations_known)
    if (std::find(known.tools.begin(), known.tools.end(), which) != known.tools.end() && known.holds(run))
      sentences.push_back(known.sentence);
  return sentences;
}

} // namespace loadgen::definitions
