#pragma once

#include <string_view>

namespace loadgen::workload {

/// The bytes of datasets/default/prompts.jsonl, put into the library when it is built (cmake/EmbedFile.cmake).
[[nodiscard]] std::string_view embedded_default_corpus() noexcept;

} // namespace loadgen::workload
