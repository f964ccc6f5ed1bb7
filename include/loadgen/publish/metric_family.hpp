#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Figures of a run for other systems: Prometheus, its Pushgateway, MLflow.
namespace loadgen::publish {

/// Names and values of labels, in the order they are shown. Values are any UTF-8.
using label_list = std::vector<std::pair<std::string, std::string>>;

/// How Prometheus takes the samples of a family.
enum class family_type : std::uint8_t {
  counter,   ///< one number that only grows
  gauge,     ///< one number
  histogram, ///< counts by upper bound, a count, a sum
  summary    ///< quantiles, a count, a sum
};

/// What a family has for one set of labels. Which members count, its family's type says.
struct metric_sample {
  label_list labels{}; ///< without `le` and `quantile`
  double value = 0;    ///< counter, gauge
  std::vector<std::pair<double, std::uint64_t>>
      buckets{};                                      ///< histogram: upper bound and how many are at most it, ascending
  std::vector<std::pair<double, double>> quantiles{}; ///< summary: quantile (0 to 1) and value
  std::uint64_t count = 0;                            ///< histogram, summary: how many there are
  double sum = 0;                                     ///< histogram, summary: their sum
};

/// Samples of one name.
struct metric_family {
  std::string name;                      ///< "loadgen_ttft_seconds"
  std::string help;                      ///< one sentence
  family_type type = family_type::gauge; ///< of all its samples
  std::vector<metric_sample> samples;    ///< no two with the same labels
};

/// The families in Prometheus's text exposition format (version 0.0.4); those without samples are left out.
[[nodiscard]] std::string exposition_text(std::span<const metric_family> families);

/// The content type of that text.
inline constexpr std::string_view exposition_content_type = "text/plain; version=0.0.4; charset=utf-8";

} // namespace loadgen::publish
