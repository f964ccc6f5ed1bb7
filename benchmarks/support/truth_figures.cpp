#include "support/truth_figures.hpp"

#include "metrics/percentile.hpp"

#include <loadgen/serve/truth.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace loadgen::bench {

true_figures read_true_figures(const std::filesystem::path& truth_file) {
  const auto records = serve::read_truth(truth_file);
  if (records.has_error()) {
    std::fprintf(stderr, "benchmark: %s\n", records.error().message.c_str());
    std::exit(1);
  }
  std::vector<double> ttft;
  std::vector<double> itl;
  true_figures figures;
  for (const serve::truth_record& record : *records) {
    if (!record.done || record.written.empty()) continue;
    figures.tokens += record.written.size();
    ttft.push_back(to_ms(record.written.front() - record.received));
    for (std::size_t i = 1; i < record.written.size(); ++i)
      itl.push_back(to_ms(record.written[i] - record.written[i - 1]));
  }
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
