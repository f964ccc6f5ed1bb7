#pragma once

#include <filesystem>

namespace loadgen::report {

/// Where a run folder has its records.
[[nodiscard]] inline std::filesystem::path records_in(const std::filesystem::path& run_folder) {
  return run_folder / "raw" / "records.bin";
}

} // namespace loadgen::report
