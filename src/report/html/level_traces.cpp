#include "report/html/level_traces.hpp"

#include "metrics/request_samples.hpp"
#include "report/html/curves.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::metric;
using metrics::request_record;

constexpr std::int64_t first_width_ns = 1'000'000;

/// With six significant digits: more than a plot can show, and a third of the text.
json::value drawn(double number) {
  if (!std::isfinite(number)) return nullptr;
  if (number == 0) return 0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(number))));
  return std::round(number * scale) / scale;
}

json::value drawn(const std::optional<double>& number) {
  return number ? drawn(*number) : json::value();
}

/// One column of a table over `rows`.
template<class Rows, class Column>
json::array column(const Rows& rows, Column&& of) {
  json::array values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(of(row));
  return values;
}

json::object curve_json(const std::vector<curve_point>& curve) {
  return {
      {"one_in", column(curve, [](const curve_point& point) { return drawn(point.one_in); })},
      {"value", column(curve, [](const curve_point& point) { return json::value(point.value); })},
  };
}

json::object histogram_json(const linear_histogram& bins) {
  return {
      {"from", drawn(bins.from)},
      {"width", drawn(bins.width)},
      {"share", column(bins.shares, [](double share) { return drawn(share); })},
      {"below", drawn(bins.below)},
      {"above", drawn(bins.above)},
  };
}

} // namespace

void level_traces::extremes::add(double sample) noexcept {
  ++count;
  sum += sample;
  smallest = std::min(smallest, sample);
  largest = std::max(largest, sample);
}

void level_traces::extremes::merge(const extremes& other) noexcept {
  count += other.count;
  sum += other.sum;
  smallest = std::min(smallest, other.smallest);
  largest = std::max(largest, other.largest);
}

void level_traces::moment::merge(const moment& other) noexcept {
  ttft.merge(other.ttft);
  itl.merge(other.itl);
  tokens += other.tokens;
  failed += other.failed;
  in_flight_ns += other.in_flight_ns;
  waiting_ns += other.waiting_ns;
}

void level_traces::longest_request::merge(const longest_request& other) noexcept {
  if (other.is_set && (!is_set || other.end - other.begin > end - begin)) *this = other;
}

level_traces::level_traces(instant begin, std::size_t resolution)
    : begin_(begin),
      moments_(resolution, first_width_ns),
      timeline_(resolution, 1) {}

void level_traces::add(const request_record& record) {
  if (record.warmup) return;
  metrics::for_each_sample(record, [this](metric which, double sample) {
    const auto* const place = std::find(drawn_metrics.begin(), drawn_metrics.end(), which);
    if (place != drawn_metrics.end()) samples_[static_cast<std::size_t>(place - drawn_metrics.begin())].add(sample);
  });
  add_to_moments(record);

  const std::optional<instant>& begin = record.planned ? record.planned : record.released;
  if (!begin || !record.ended) return;
  longest_request request{.index = record.index,
                          .begin = *begin,
                          .end = *record.ended,
                          .sent = record.sent,
                          .first_chunk = {},
                          .why = record.why,
                          .is_set = true};
  if (!record.chunks.empty()) request.first_chunk = record.chunks.front().arrival;
  timeline_.at(static_cast<std::int64_t>(record.index)).merge(request);
}

void level_traces::add_to_moments(const request_record& record) {
  if (record.sent && record.ended)
    moments_.for_each_overlap(position(*record.sent), position(*record.ended),
                              [](moment& in, std::int64_t overlap) { in.in_flight_ns += overlap; });
  if (record.planned && record.ended)
    moments_.for_each_overlap(position(*record.planned), position(record.sent.value_or(*record.ended)),
                              [](moment& in, std::int64_t overlap) { in.waiting_ns += overlap; });
  if (record.end != metrics::outcome::completed && record.ended) ++moments_.at(position(*record.ended)).failed;
  if (record.end != metrics::outcome::failed) add_tokens(record);
  if (!metrics::is_measured_completion(record) || record.chunks.empty()) return;
  if (const auto ttft = metrics::ttft_ms(record)) moments_.at(position(*record.sent)).ttft.add(*ttft);
  for (std::size_t i = 1; i < record.chunks.size(); ++i) {
    const instant arrival = record.chunks[i].arrival;
    moments_.at(position(arrival)).itl.add(to_ms(arrival - record.chunks[i - 1].arrival));
  }
}

/// Each chunk is taken for an equal share of the request's tokens, as in the summary's rates.
void level_traces::add_tokens(const request_record& record) {
  if (record.chunks.empty()) return;
  const double tokens_a_chunk =
      static_cast<double>(metrics::output_tokens(record)) / static_cast<double>(record.chunks.size());
  for (const metrics::chunk_stamp& chunk : record.chunks) moments_.at(position(chunk.arrival)).tokens += tokens_a_chunk;
}

json::object level_traces::to_json(const metrics::level_summary& summary) const {
  json::object percentiles;
  json::object histograms;
  for (std::size_t i = 0; i < drawn_metrics.size(); ++i) {
    const metric which = drawn_metrics[i];
    if (samples_[i].count() == 0) continue;
    percentiles[key(which)] = curve_json(percentile_curve(samples_[i], summary.of(which)));
    if (which == metric::ttft || which == metric::itl)
      histograms[key(which)] = histogram_json(linear_bins(samples_[i]));
  }
  return {
      {"percentiles", std::move(percentiles)},
      {"histograms", std::move(histograms)},
      {"over_time", over_time_json()},
      {"timeline", timeline_json()},
  };
}

json::object level_traces::over_time_json() const {
  const std::vector<moment>& all = moments_.buckets();
  const auto width_ns = static_cast<double>(moments_.width());
  const auto extremes_json = [&all](extremes moment::*of) {
    return json::object{
        {"mean", column(all,
                        [of](const moment& m) {
                          return (m.*of).count == 0 ? json::value()
                                                    : drawn((m.*of).sum / static_cast<double>((m.*of).count));
                        })},
        {"min", column(all, [of](const moment& m) { return drawn((m.*of).smallest); })},
        {"max", column(all, [of](const moment& m) { return drawn((m.*of).largest); })},
    };
  };
  return {
      {"step_s", width_ns / 1e9},
      {"ttft_ms", extremes_json(&moment::ttft)},
      {"itl_ms", extremes_json(&moment::itl)},
      {"output_tokens_per_s", column(all, [&](const moment& m) { return drawn(m.tokens / (width_ns / 1e9)); })},
      {"in_flight",
       column(all, [&](const moment& m) { return drawn(static_cast<double>(m.in_flight_ns) / width_ns); })},
      {"waiting", column(all, [&](const moment& m) { return drawn(static_cast<double>(m.waiting_ns) / width_ns); })},
      {"not_completed", column(all, [](const moment& m) { return json::value(m.failed); })},
  };
}

json::object level_traces::timeline_json() const {
  std::vector<longest_request> shown;
  for (const longest_request& request : timeline_.buckets())
    if (request.is_set) shown.push_back(request);
  const auto seconds = [this](const std::optional<instant>& when) {
    return drawn(when ? std::optional{to_s(*when - begin_)} : std::nullopt);
  };
  return {
      {"one_of", timeline_.width()},
      {"index", column(shown, [](const longest_request& r) { return json::value(r.index); })},
      {"begin_s", column(shown, [&](const longest_request& r) { return seconds(r.begin); })},
      {"sent_s", column(shown, [&](const longest_request& r) { return seconds(r.sent); })},
      {"first_chunk_s", column(shown, [&](const longest_request& r) { return seconds(r.first_chunk); })},
      {"end_s", column(shown, [&](const longest_request& r) { return seconds(r.end); })},
      {"cause", column(shown,
                       [](const longest_request& r) {
                         return r.why == metrics::cause::none ? json::value() : json::value(to_string(r.why));
                       })},
  };
}

} // namespace loadgen::report
