#pragma once

#include "metrics/attainment.hpp"
#include "metrics/audit.hpp"
#include "metrics/conversations.hpp"
#include "metrics/instrument_error.hpp"
#include "metrics/request_counts.hpp"
#include "metrics/sample_set.hpp"
#include "metrics/throughput.hpp"
#include "metrics/window.hpp"

#include <loadgen/metrics/summary.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::metrics {

/// Derives all figures of one level and trial from its records, given one by one in any order. What it takes to judge a
/// single record must be known before the first: the end of the level and its window.
class level_summarizer {
public:
  level_summarizer(const level_info& level, const std::optional<level_end>& end, const std::optional<window>& measured,
                   const slo& asked, sample_keeping keep);

  void add(const request_record& record);

  /// To be called once, behind the last record: it may reorder the samples that are kept.
  [[nodiscard]] level_summary summary();

private:
  void add_server_figures(const request_record& record);

  level_info level_;
  std::optional<level_end> end_;
  std::optional<window> measured_;
  sample_keeping keep_;

  request_counter requests_;
  std::optional<throughput_meter> rates_; ///< unset without a window, as the next
  std::optional<token_counter> tokens_;
  std::vector<sample_set> metrics_; ///< one for each metric
  error_meter errors_;
  std::map<std::string, sample_set> server_reported_;
  std::optional<attainment_counter> attainment_; ///< unset without an SLO
  conversation_counter conversations_;
  auditor audit_;
};

} // namespace loadgen::metrics
