#pragma once

#include <filesystem>

namespace loadgen::bench {

/// The server's own percentiles, in milliseconds.
struct true_figures {
  double ttft_p50 = 0, ttft_p99 = 0;
  double itl_p50 = 0, itl_p90 = 0, itl_p99 = 0;
  std::size_t tokens = 0;
};

/// From a truth file.
[[nodiscard]] true_figures read_true_figures(const std::filesystem::path& truth_file);

} // namespace loadgen::bench
