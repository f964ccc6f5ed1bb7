#pragma once

#include "metrics/window.hpp"

#include <loadgen/metrics/summary.hpp>

#include <utility>

namespace loadgen::metrics {

/// Token sums over the completed requests that ended in the window; source and tokens per chunk over all completed
/// ones. Records in any order.
class token_counter {
public:
  explicit token_counter(const window& in) : in_(in) {}

  void add(const request_record& record);

  [[nodiscard]] token_totals totals() const;

private:
  window in_;
  token_totals totals_;
  bool any_usage_ = false, any_chunks_ = false;
  std::uint64_t all_output_ = 0, all_chunks_ = 0;
};

/// Rates over the window; unset where it has no length. In count mode over the completed requests; in duration mode
/// over the requests that completed inside the window and the tokens that arrived inside it, those of requests that
/// completed later or were cancelled by the drain limit included. total_tokens_per_s only where each request counted
/// told its input. goodput_per_s: the requests of requests_per_s that meet `asked`, unset where it asks for nothing.
/// Records in any order.
class throughput_meter {
public:
  throughput_meter(const window& in, slo asked) : in_(in), asked_(std::move(asked)) {}

  void add(const request_record& record);

  [[nodiscard]] throughput rates() const;

private:
  window in_;
  slo asked_;
  std::uint64_t completed_ = 0, good_ = 0, input_ = 0;
  double output_ = 0;
  bool input_known_ = true;
};

} // namespace loadgen::metrics
