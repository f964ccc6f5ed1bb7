// How many tokens a second the reference server writes on one core, each in a write of its own: paced (how late against
// its own schedule) and as fast as it can. The client is the one that only receives, on the other core.
//
//   bench_serve_rate [runs]      (default 3; the figures printed are medians over the runs)

#include "metrics/percentile.hpp"
#include "support/reference_load.hpp"

#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace loadgen::bench {
namespace {

constexpr unsigned streams = 1000;
constexpr unsigned requests = 3000;
constexpr unsigned tokens = 100;

struct pace {
  const char* name;
  const char* itl;
  duration gap;
};

struct rate_reading {
  double tokens_per_s = 0;
  double late_p50_ms = 0, late_p99_ms = 0; // against the schedule; without meaning where there is none
};

// Over the time in which all streams were open: the ends, where some are not, would make it look slow.
double steady_rate(const std::vector<serve::truth_record>& truth) {
  std::vector<instant> writes;
  for (const serve::truth_record& request : truth)
    writes.insert(writes.end(), request.written.begin(), request.written.end());
  std::sort(writes.begin(), writes.end());
  const std::size_t first = writes.size() / 5;
  const std::size_t last = writes.size() * 4 / 5;
  return static_cast<double>(last - first) / to_s(writes[last] - writes[first]);
}

rate_reading measure(const bench_setup& setup, const pace& wanted) {
  reference_server_process server{setup, {"--ttft", "10ms", "--itl", wanted.itl}};
  const child_exit client = run_floor_client(setup, server.port(), streams, requests, tokens);
  const auto truth = serve::read_truth(server.stop());
  if (client.code != 0 || truth.has_error()) std::exit(1);
  std::vector<double> late;
  for (const serve::truth_record& request : *truth)
    for (std::size_t i = 0; i < request.written.size(); ++i) {
      const instant due = *request.started + std::chrono::milliseconds{10} + wanted.gap * static_cast<long>(i);
      late.push_back(to_ms(request.written[i] - due));
    }
  metrics::percentile_selector at{late};
  const double p50 = at.at(0.50);
  return {steady_rate(*truth), p50, at.at(0.99)};
}

template<class Field>
double median_of(const std::vector<rate_reading>& readings, Field field) {
  std::vector<double> values;
  for (const rate_reading& each : readings) values.push_back(each.*field);
  return median(values);
}

int run_all(int runs) {
  using namespace std::chrono_literals;
  const bench_setup setup;
  fmt::print("the reference server on core {}: {} streams, medians of {} runs\n", setup.server_core, streams, runs);
  for (const pace& wanted : {pace{"a token every 10 ms", "10ms", 10ms}, pace{"a token every 9 ms", "9ms", 9ms},
                             pace{"as fast as it can", "0ms", 0ms}}) {
    std::vector<rate_reading> readings;
    for (int i = 0; i < runs; ++i) readings.push_back(measure(setup, wanted));
    fmt::print("{:<20} {:>9.0f} tokens/s", wanted.name, median_of(readings, &rate_reading::tokens_per_s));
    if (wanted.gap > duration::zero())
      fmt::print("   late by p50 {:.3f} ms, p99 {:.3f} ms", median_of(readings, &rate_reading::late_p50_ms),
                 median_of(readings, &rate_reading::late_p99_ms));
    fmt::print("\n");
  }
  return 0;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 3;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
