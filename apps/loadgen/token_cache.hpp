#pragma once

#include "settings.hpp"

#include <loadgen/engine/target.hpp>
#include <loadgen/workload/plan.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <filesystem>
#include <optional>

namespace loadgen::cli {

/// Where it is kept how one server with one model counts the tokens of one endpoint's prompts: in loadgen/tokens of
/// $XDG_CACHE_HOME or ~/.cache. Nothing where the environment names neither.
[[nodiscard]] std::optional<std::filesystem::path> token_cache_file(const engine::target& server,
                                                                    const workload::request_settings& requests,
                                                                    const environment& variables);

/// What is kept there; nothing where there is nothing of use.
[[nodiscard]] std::optional<workload::token_model> read_token_cache(const std::filesystem::path& file);

/// Keeps it. A cache that cannot be written costs the next run its questions, and nothing else.
void write_token_cache(const std::filesystem::path& file, const workload::token_model& tokens);

} // namespace loadgen::cli
