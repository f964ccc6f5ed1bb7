#include "metrics/request_samples.hpp"
#include "report/files.hpp"
#include "report/hdr_encoding.hpp"
#include "report/manifest.hpp"
#include "report/records_file.hpp"

#include <loadgen/report/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;
using metrics::level_info;
using metrics::log_linear_histogram;
using metrics::metric;
using metrics::request_record;

constexpr double ns_per_ms = 1e6;

/// The latencies of one level in nanoseconds, by metric.
class level_latencies {
public:
  void add(const request_record& record) {
    if (!record.warmup && record.ended) last_ended_ = std::max(last_ended_, record.ended);
    metrics::for_each_sample(record, [this](metric which, double sample) {
      // A histogram log knows no negative values. A stamp may be a hair before the clock reading it is counted from.
      if (is_latency(which))
        histograms_[static_cast<std::size_t>(which)].add(std::max(0.0, std::round(sample * ns_per_ms)));
    });
  }

  [[nodiscard]] const log_linear_histogram& of(metric which) const {
    return histograms_[static_cast<std::size_t>(which)];
  }

  [[nodiscard]] const std::optional<instant>& last_ended() const noexcept { return last_ended_; }

private:
  std::array<log_linear_histogram, metrics::metric_count> histograms_;
  std::optional<instant> last_ended_;
};

/// A level's histograms, encoded, so that those of a long sweep take little memory until the file's end is read.
struct encoded_level {
  struct histogram {
    metric which;
    double largest_ms;
    std::string text;
  };

  std::vector<histogram> histograms;
  std::optional<instant> last_ended;
};

encoded_level encode(const level_latencies& latencies) {
  encoded_level encoded;
  encoded.last_ended = latencies.last_ended();
  for (std::size_t i = 0; i < metrics::metric_count; ++i) {
    const auto which = static_cast<metric>(i);
    const log_linear_histogram& histogram = latencies.of(which);
    if (histogram.count() == 0) continue;
    encoded.histograms.push_back({which, histogram.largest() / ns_per_ms, hdr_log_text(encode_hdr(histogram))});
  }
  return encoded;
}

/// "ttft:concurrency=8:trial=1". Tags may have neither commas nor spaces.
std::string tag_of(metric which, const level_info& level) {
  std::string load =
      level.rate ? fmt::format("rate={}", *level.rate) : fmt::format("concurrency={}", level.concurrency.value_or(0));
  if (level.grid_input) load += fmt::format(":in={}:out={}", *level.grid_input, level.grid_output.value_or(0));
  return fmt::format("{}:{}:trial={}", name(which), load, level.trial);
}

std::string log_header(const metrics::run_info& run) {
  const double started_s = static_cast<double>(run.epoch_unix_ns) / 1e9;
  return fmt::format("#[Histogram log of loadgen run {}; values in nanoseconds, Interval_Max in milliseconds]\n"
                     "#[Histogram log format version 1.3]\n"
                     "#[StartTime: {:.3f} (seconds since epoch), {}]\n"
                     "#[BaseTime: {:.3f} (seconds since epoch)]\n"
                     "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
                     run.run_id, started_s, utc_text(run.epoch_unix_ns), started_s);
}

std::string level_lines(const metrics::recorded_level& level, const encoded_level& encoded, instant epoch) {
  const instant begin = level.end ? level.end->measured_from : level.info.begin;
  const instant end = level.end ? level.end->ended : encoded.last_ended.value_or(begin);
  std::string lines;
  for (const encoded_level::histogram& each : encoded.histograms)
    lines += fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag_of(each.which, level.info), to_s(begin - epoch),
                         to_s(end - begin), each.largest_ms, each.text);
  return lines;
}

} // namespace

result<void> write_hlog(const fs::path& run_folder, const fs::path& file) {
  std::vector<encoded_level> levels;
  level_latencies current; // of level number levels.size()
  const auto finish_before = [&](std::size_t level) {
    while (levels.size() < level) {
      levels.push_back(encode(current));
      current = {};
    }
  };
  const auto run =
      metrics::stream_records(records_in(run_folder), [&](std::size_t level, const request_record& record) {
        finish_before(level);
        current.add(record);
      });
  if (run.has_error()) return run.error();
  finish_before(run->levels.size());

  std::string log = log_header(run->info);
  for (std::size_t i = 0; i < levels.size(); ++i) log += level_lines(run->levels[i], levels[i], run->info.epoch);
  return write_whole(file, log);
}

} // namespace loadgen::report
