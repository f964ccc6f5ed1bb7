#pragma once

#include "metrics/sample_set.hpp"

#include <loadgen/metrics/summary.hpp>

#include <string>
#include <vector>

namespace loadgen::metrics {

/// Derives the figures of each of a level's models from the records of its requests, given one by one in any order.
class model_summarizer {
public:
  model_summarizer(const std::vector<std::string>& names, sample_keeping keep);

  /// A record of the model that stands at `model` among the names; warm-up requests count nowhere.
  void add(std::size_t model, const request_record& record);

  /// By model, in the order of the names. To be called once: it may reorder the samples.
  [[nodiscard]] std::vector<model_summary> summaries();

private:
  struct one_model {
    model_summary counts;
    sample_set ttft, tpot, e2e;
  };

  std::vector<one_model> models_;
};

} // namespace loadgen::metrics
