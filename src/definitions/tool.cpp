#include <loadgen/definitions/tool.hpp>

#include <algorithm>

namespace loadgen::definitions {

namespace {

constexpr std::array<tool_description, tool_count> descriptions{{
    {"vllm", "0.33.0",
     "connecting counts; blank deltas and the names of tool calls are tokens, reasoning_content is not (completions: "
     "every event with a choice is one); a stream that an error event ended is a success"},
    {"sglang", "0.5.23",
     "connecting counts; E2E, and with it TPOT, lasts until [DONE]; tool calls are no tokens; without usage it takes "
     "the length asked for"},
    {"guidellm", "0.8.1",
     "ITL is one mean a request, TPOT contains TTFT, both weighted by tokens; percentiles are samples, not "
     "interpolated; E2E lasts until [DONE]"},
    {"aiperf", "0.13.0", "connecting counts; ITL is one mean a request, what others call TPOT, and there is no TPOT"},
    {"inference-perf", "0.7.0",
     "connecting counts; reasoning and tool calls are no tokens; tokens that came in one event are 0 ms apart in ITL; "
     "an answer of one token has no TTFT; E2E lasts until the end of the stream"},
    {"genai-bench", "0.0.5",
     "connecting counts; E2E, and with it TPOT, lasts until the end of the stream; tool calls are no tokens; there is "
     "no ITL"},
    {"llmperf", "f1d6bed",
     "connecting counts; reasoning and tool calls are no tokens; ITL is (last token - start) / tokens, one a request "
     "and with TTFT in it; E2E lasts until the end of the stream"},
    {"mlperf", "b66003e",
     "in an open loop all counts from the planned moment; E2E, and with it TPOT, lasts until the end of the stream; a "
     "percentile is the next higher sample; rates are of all requests but one, until the last issued one ended"},
}};

} // namespace

const tool_description& describe(tool which) noexcept {
  return descriptions[static_cast<std::size_t>(which)];
}

std::optional<tool> tool_named(std::string_view name) noexcept {
  const auto* const found = std::find_if(all_tools.begin(), all_tools.end(),
                                         [name](tool candidate) { return describe(candidate).name == name; });
  if (found == all_tools.end()) return std::nullopt;
  return *found;
}

} // namespace loadgen::definitions
