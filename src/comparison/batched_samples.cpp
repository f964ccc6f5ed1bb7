#include "comparison/batched_samples.hpp"

#include "metrics/request_samples.hpp"

#include <algorithm>
#include <numeric>

namespace loadgen::comparison {

namespace {

using metrics::batch_count;
using metrics::request_record;

/// Those of one request, and nothing of one that is in no figure.
void append_samples(metrics::metric which, const request_record& record, std::vector<double>& samples) {
  if (!metrics::is_measured_completion(record) || record.chunks.empty()) return;
  if (which == metrics::metric::itl) {
    for (std::size_t i = 1; i < record.chunks.size(); ++i)
      samples.push_back(to_ms(record.chunks[i].arrival - record.chunks[i - 1].arrival));
  } else if (const auto sample = metrics::metric_rows[static_cast<std::size_t>(which)].figure(record)) {
    samples.push_back(*sample);
  }
}

} // namespace

std::uint64_t positions_of(const metrics::recorded_level& level) noexcept {
  std::uint64_t positions = 0;
  for (const request_record& record : level.requests)
    if (!record.warmup) positions = std::max(positions, record.index + 1);
  return positions;
}

batched_samples::batched_samples(metrics::metric which, const metrics::recorded_level& level, std::uint64_t positions) {
  std::size_t batch = 0;
  for (const request_record& record : level.requests) {
    if (record.warmup) continue;
    const auto own = static_cast<std::size_t>(record.index * batch_count / std::max<std::uint64_t>(positions, 1));
    for (; batch < std::min(own, batch_count - 1); ++batch) ends_[batch] = samples_.size();
    const std::size_t before = samples_.size();
    append_samples(which, record, samples_);
    if (samples_.size() > before) ++requests_;
  }
  for (; batch < batch_count; ++batch) ends_[batch] = samples_.size();
  sorted_ = samples_;
  std::sort(sorted_.begin(), sorted_.end());
}

metrics::batch_excesses batched_samples::mean_excesses(double mean) const noexcept {
  metrics::batch_excesses excesses{};
  const double all = mean * static_cast<double>(count());
  if (all == 0) return excesses;
  std::size_t begin = 0;
  for (std::size_t batch = 0; batch < batch_count; begin = ends_[batch++]) {
    const std::span part = std::span{samples_}.subspan(begin, ends_[batch] - begin);
    const double sum = std::accumulate(part.begin(), part.end(), 0.0);
    excesses[batch] = (sum - mean * static_cast<double>(part.size())) / all;
  }
  return excesses;
}

metrics::batch_excesses batched_samples::share_excesses(double quantile) const noexcept {
  metrics::batch_excesses excesses{};
  const double share = share_at(quantile);
  std::size_t begin = 0;
  for (std::size_t batch = 0; batch < batch_count; begin = ends_[batch++]) {
    const std::span part = std::span{samples_}.subspan(begin, ends_[batch] - begin);
    const auto below =
        std::count_if(part.begin(), part.end(), [quantile](double sample) { return sample <= quantile; });
    excesses[batch] = (static_cast<double>(below) - share * static_cast<double>(part.size())) /
                      static_cast<double>(std::max<std::size_t>(count(), 1));
  }
  return excesses;
}

double batched_samples::share_at(double quantile) const noexcept {
  if (sorted_.empty()) return 0;
  const auto above = std::upper_bound(sorted_.begin(), sorted_.end(), quantile);
  return static_cast<double>(above - sorted_.begin()) / static_cast<double>(sorted_.size());
}

} // namespace loadgen::comparison
