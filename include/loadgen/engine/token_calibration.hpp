#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/workload/plan.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace loadgen::engine {

/// How a server may be asked for its count of tokens.
enum class calibration_mode : std::uint8_t {
  none,     ///< not at all
  tokenize, ///< by POST /tokenize, where it has that
  probe,    ///< the same, and by short requests for one token where /tokenize cannot tell
};

/// What became known of how a server counts tokens, and what it took.
struct token_calibration {
  workload::token_model tokens; ///< estimated_tokens() where the server could not be asked
  std::uint32_t questions = 0;  ///< POST /tokenize that were answered
  std::uint32_t probes = 0;     ///< requests for one token that were sent; they are in no figure
  std::string form;             ///< of /tokenize: "vllm-messages", "prompt", "llamacpp"; empty: none was found
  bool from_before = false;     ///< `before` was found to hold still
};

/// Finds out how the first target of `settings` counts tokens in prompts of `requests` (endpoint, model, extra body).
/// Knows the /tokenize of vLLM (with messages, and with a prompt), SGLang and llama.cpp. Blocks. `before`: what was
/// found at another time; gone by where a check by one to three questions shows that it still holds. Errors:
/// unreachable where the server cannot be reached or does not answer within 30 s, invalid_input where it answers a
/// probe with an error or without its count, or has an endpoint that cannot be probed. Thread-safety: safe.
/// Cancellation: none.
[[nodiscard]] result<token_calibration> calibrate_tokens(const client_settings& settings,
                                                         const workload::request_settings& requests,
                                                         calibration_mode mode,
                                                         const std::optional<workload::token_model>& before = {});

} // namespace loadgen::engine
