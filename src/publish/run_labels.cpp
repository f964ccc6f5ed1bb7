#include "report/text.hpp"

#include <loadgen/publish/run_labels.hpp>

#include <fmt/format.h>

namespace loadgen::publish {

label_list level_labels(const std::string& run_id, const metrics::level_info& level) {
  label_list labels{{"run_id", run_id}, {"level", fmt::format("{}", level.level)}};
  if (level.concurrency) labels.emplace_back("concurrency", fmt::format("{}", *level.concurrency));
  if (level.rate) labels.emplace_back("rate", fmt::format("{}", *level.rate));
  labels.emplace_back("trial", fmt::format("{}", level.trial));
  return labels;
}

metric_family run_info_family(const run_labels& run) {
  label_list labels{{"run_id", run.run_id},
                    {"label", report::well_formed(run.label)},
                    {"model", report::well_formed(run.model)},
                    {"endpoint", run.endpoint},
                    {"version", run.version}};
  metric_family info{"loadgen_run_info", "What is known of the run, as labels.", family_type::gauge, {}};
  info.samples.push_back({.labels = std::move(labels), .value = 1});
  return info;
}

} // namespace loadgen::publish
