#include "report/console.hpp"
#include "report/manifest.hpp"
#include "report/table.hpp"
#include "report/text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::report {

namespace {

constexpr std::size_t short_hash = 12;

void append_field(std::string& header, std::string_view name, const std::string& value) {
  if (!value.empty()) header += paragraph(fmt::format("{:<9} ", name), printable(value));
}

/// "text (remark)", or what there is of it.
std::string with_remark(const std::string& text, const std::string& remark) {
  return text.empty() || remark.empty() ? text : fmt::format("{} ({})", text, remark);
}

std::string workload_text(const boost::json::object& manifest) {
  const std::string dataset = text_at(manifest, {"workload", "dataset", "name"});
  const std::string hash = text_at(manifest, {"workload", "sha256"}).substr(0, short_hash);
  if (hash.empty()) return dataset;
  return with_remark(dataset.empty() ? "prompts" : dataset, "workload sha256 " + hash);
}

std::string time_text(const metrics::recorded_run& run) {
  const std::string started = utc_text(run.info.epoch_unix_ns);
  if (!run.end) return started;
  const duration length{run.end->end_unix_ns - run.info.epoch_unix_ns};
  return with_remark(started, fmt::format("{:.1f} s", to_s(length)));
}

} // namespace

std::string status_text(const analyzed_run& run) {
  if (run.run.complete()) return "complete";
  const auto whole =
      std::count_if(run.levels.begin(), run.levels.end(), [](const metrics::level_summary& l) { return l.complete; });
  const std::string levels = fmt::format("finished {} of {} begun", whole, counted(run.levels.size(), "level"));
  const std::string_view signal = interrupting_signal(run.run);
  if (!signal.empty()) return fmt::format("incomplete: interrupted by {}; {}", signal, levels);
  if (!run.run.end) return fmt::format("incomplete: killed, figures of what had been saved; {}", levels);
  return fmt::format("incomplete: ended before the whole plan was sent; {}", levels);
}

std::string verdict_text(const analyzed_run& run) {
  if (run.levels.empty()) return "none: nothing was measured";
  metrics::verdict worst = metrics::verdict::ok;
  for (const metrics::level_summary& level : run.levels) worst = std::max(worst, level.trust.judgement);
  switch (worst) {
  case metrics::verdict::ok: return "ok: the client's own part in these figures is negligible";
  case metrics::verdict::degraded: return "degraded: the client's own part may show in these figures, see the audit";
  case metrics::verdict::client_bound: return "client_bound: these figures measure the client too, see the audit";
  }
  return "";
}

std::string header_section(const analyzed_run& run) {
  const boost::json::object manifest = merged_manifest(run.run);
  std::string header;
  append_field(header, "run", with_remark(run.run.info.run_id, text_at(manifest, {"label"})));
  append_field(header, "target", with_remark(target_urls(manifest), text_at(manifest, {"target", "endpoint"})));
  append_field(header, "model", text_at(manifest, {"target", "model"}));
  append_field(header, "workload", workload_text(manifest));
  append_field(header, "started", time_text(run.run));
  append_field(header, "status", status_text(run));
  append_field(header, "verdict", verdict_text(run));
  if (run.samples == metrics::sample_keeping::histogram)
    append_field(header, "figures", "percentiles are from histograms, at most 0.1 % off (--bounded)");
  if (run.run.damaged)
    append_field(header, "records", "the last block of raw/records.bin was cut short; what it held is not counted");
  return header;
}

} // namespace loadgen::report
