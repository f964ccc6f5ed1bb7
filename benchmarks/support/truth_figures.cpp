#include "support/truth_figures.hpp"

#include "metrics/percentile.hpp"

#include <loadgen/serve/truth.hpp>

#include <cstdio>
#include <cstdlib>

namespace loadgen::bench {

true_figures read_true_figures(const std::filesystem::path& truth_file) {
  const auto records = serve::read_truth(truth_file);
  if (records.has_error()) {
    std::fprintf(stderr, "benchmark: %s\n", records.error().message.c_str());
    std::exit(1);
  }
  auto [ttft, itl] = serve::samples_of(*records);
  true_figures figures;
  figures.tokens = ttft.size() + itl.size();
  if (ttft.empty() || itl.empty()) return figures;
  metrics::percentile_selector ttft_at{ttft};
  figures.ttft_p50 = ttft_at.at(0.50);
  figures.ttft_p99 = ttft_at.at(0.99);
  metrics::percentile_selector itl_at{itl};
  figures.itl_p50 = itl_at.at(0.50);
  figures.itl_p90 = itl_at.at(0.90);
  figures.itl_p99 = itl_at.at(0.99);
  return figures;
}

} // namespace loadgen::bench
