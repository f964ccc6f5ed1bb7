#pragma once

#include <filesystem>

namespace loadgen::bench {

/// The server's own percentiles, in milliseconds.
struct true_figures {
  double ttft_p50 = 0, ttft_p99 = 0;
  double itl_p50 = 0, itl_p90 = 0, itl_p99 = 0;
  std::size_t tokens = 0;
};

/// From a truth file: TTFT is the write of the first token minus the kernel's stamp of the request, a gap the time
/// between two writes of one stream.
[[nodiscard]] true_figures read_true_figures(const std::filesystem::path& truth_file);

} // namespace loadgen::bench
