#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace loadgen::metrics {

// The JSON payloads of the blocks that are not records; their keys are listed in docs/records-format.md. Instants are
// stored as nanoseconds from the run's epoch. Decoding gives nothing where the text is not such a payload; keys that
// are not known are passed over.

[[nodiscard]] std::string encode(const run_info& info);
[[nodiscard]] std::string encode(const level_info& level, instant epoch);
[[nodiscard]] std::string encode(const level_end& end, instant epoch);
[[nodiscard]] std::string encode(const run_end& end);

[[nodiscard]] std::optional<run_info> decode_run_info(std::string_view json);
[[nodiscard]] std::optional<level_info> decode_level_info(std::string_view json, instant epoch);
[[nodiscard]] std::optional<level_end> decode_level_end(std::string_view json, instant epoch);
[[nodiscard]] std::optional<run_end> decode_run_end(std::string_view json);

} // namespace loadgen::metrics
