#pragma once

#include <loadgen/report/report.hpp>

#include <array>
#include <filesystem>
#include <optional>

namespace loadgen::report {

/// Reads a run as load_run does, and splits it by the target of each record: what the first and the second --url got,
/// each as if it were a run of its own. Requests planned and dropped are those of both together, so `planned` of their
/// levels is unset. Errors: those of load_run.
[[nodiscard]] result<std::array<analyzed_run, 2>> load_targets(const std::filesystem::path& run_folder,
                                                               std::optional<metrics::sample_keeping> keep);

} // namespace loadgen::report
