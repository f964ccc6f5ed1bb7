#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// The figures of a run by the definitions of other load generators, from the same records (docs/definitions.md).
namespace loadgen::definitions {

/// The load generators whose definitions are known.
enum class tool : std::uint8_t {
  vllm,           ///< vllm bench serve
  sglang,         ///< sglang.bench_serving, OpenAI endpoints
  guidellm,       ///< GuideLLM
  aiperf,         ///< NVIDIA AIPerf
  inference_perf, ///< kubernetes-sigs inference-perf
  genai_bench,    ///< sgl-project genai-bench
  llmperf,        ///< ray-project llmperf
  mlperf,         ///< MLCommons LoadGen, its Server scenario with token latencies
};

/// All of them, in the order that tables show them.
inline constexpr std::array all_tools{tool::vllm,           tool::sglang,      tool::guidellm, tool::aiperf,
                                      tool::inference_perf, tool::genai_bench, tool::llmperf,  tool::mlperf};

/// How many there are.
inline constexpr std::size_t tool_count = all_tools.size();

/// What a reader needs to know of a tool.
struct tool_description {
  std::string_view name;       ///< as users write it: "inference-perf"
  std::string_view version;    ///< the version whose code the definitions were read from
  std::string_view difference; ///< one sentence: why its figures are not ours
};

/// Valid as long as the program.
[[nodiscard]] const tool_description& describe(tool which) noexcept;

/// The tool of that name.
[[nodiscard]] std::optional<tool> tool_named(std::string_view name) noexcept;

} // namespace loadgen::definitions
