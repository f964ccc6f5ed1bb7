#include "metrics/model_summarizer.hpp"

#include "metrics/request_figures.hpp"

namespace loadgen::metrics {

model_summarizer::model_summarizer(const std::vector<std::string>& names, sample_keeping keep) {
  for (const std::string& name : names) {
    models_.push_back({{}, sample_set{keep}, sample_set{keep}, sample_set{keep}});
    models_.back().counts.name = name;
  }
}

void model_summarizer::add(std::size_t model, const request_record& record) {
  if (record.warmup) return;
  one_model& of = models_[model];
  ++of.counts.issued;
  if (record.end == outcome::failed) ++of.counts.failed;
  if (record.end == outcome::cancelled) ++of.counts.cancelled;
  if (record.end != outcome::completed) return;
  ++of.counts.completed;
  of.counts.output_tokens += output_tokens(record);
  if (record.chunks.empty()) return;
  const auto add_to = [](sample_set& samples, std::optional<double> sample) {
    if (sample) samples.add(*sample);
  };
  add_to(of.ttft, ttft_ms(record));
  add_to(of.tpot, tpot_ms(record));
  add_to(of.e2e, e2e_ms(record));
}

std::vector<model_summary> model_summarizer::summaries() {
  std::vector<model_summary> all;
  for (one_model& of : models_) {
    of.counts.ttft_ms = of.ttft.describe();
    of.counts.tpot_ms = of.tpot.describe();
    of.counts.e2e_ms = of.e2e.describe();
    all.push_back(std::move(of.counts));
  }
  return all;
}

} // namespace loadgen::metrics
