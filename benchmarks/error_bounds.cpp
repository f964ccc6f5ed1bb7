// Whether the error bound that a run prints beside its figures holds: many short runs against the reference server, at
// loads from idle to hopeless, with and without other programs on the client's core. For each figure the distance from
// the truth is held against the bound; what the server does not know itself, since its send call took long, is not
// counted as distance.
//
//   bench_error_bounds [rounds]      (default 4: 144 levels)

#include "metrics/percentile.hpp"
#include "support/reference_load.hpp"

#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace loadgen::bench {
namespace {

using namespace std::chrono_literals;

struct load {
  unsigned streams;
  const char* itl;
  unsigned tokens;
};

constexpr std::array loads{
    load{1, "10ms", 50},   load{1, "1ms", 200},    load{8, "5ms", 100},    load{50, "10ms", 50},
    load{50, "2ms", 200},  load{200, "5ms", 60},   load{200, "10ms", 50},  load{500, "10ms", 40},
    load{500, "20ms", 30}, load{1000, "10ms", 40}, load{1000, "20ms", 30}, load{2000, "10ms", 20},
};
constexpr std::array neighbours{0U, 1U, 3U}; // busy loops on the client's core

constexpr std::array percentiles{0.50, 0.99};
constexpr std::array<const char*, percentiles.size()> percentile_keys{"p50", "p99"};

/// The smallest and the largest that a sample can truly be, in ms.
struct true_samples {
  std::vector<double> low, high;

  void add(duration least, duration most) {
    low.push_back(to_ms(std::max(least, duration::zero())));
    high.push_back(to_ms(most));
  }
};

struct true_latencies {
  true_samples ttft, itl;
};

// A send that is not in the list of the slow ones took up to 50 us.
std::vector<duration> send_times(const serve::truth_record& record) {
  std::vector<duration> times(record.written.size(), 50us);
  for (const auto& [place, took] : record.slow_sends) times[place] = took;
  return times;
}

true_latencies read_latencies(const std::filesystem::path& file) {
  const auto records = serve::read_truth(file);
  if (records.has_error()) {
    fmt::print(stderr, "benchmark: {}\n", records.error().message);
    std::exit(1);
  }
  true_latencies truth;
  for (const serve::truth_record& record : *records) {
    if (!record.done || record.written.empty()) continue;
    const std::vector<duration> took = send_times(record);
    const duration first = record.written.front() - record.received;
    truth.ttft.add(first, first + took.front());
    for (std::size_t i = 1; i < record.written.size(); ++i) {
      const duration gap = record.written[i] - record.written[i - 1];
      truth.itl.add(gap - took[i - 1], gap + took[i]);
    }
  }
  return truth;
}

struct tally {
  unsigned levels = 0, covered = 0;
  std::vector<double> bounds, errors; // of the figures, in ms
};

/// Whether every headline figure of the level is as near the truth as it says.
bool covers(const boost::json::value& level, true_latencies truth, tally& into) {
  bool all = true;
  const auto hold = [&](const char* metric, true_samples& samples) {
    const auto& figures = level.at("metrics").at(metric);
    metrics::percentile_selector low{samples.low}, high{samples.high};
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
      const double reported = figures.at(percentile_keys[i]).to_number<double>();
      const double bound = figures.at("instrument_error").at(percentile_keys[i]).to_number<double>();
      const double least = low.at(percentiles[i]), most = high.at(percentiles[i]);
      const double error = std::max({least - reported, reported - most, 0.0});
      into.bounds.push_back(bound);
      into.errors.push_back(error);
      if (error > bound) {
        all = false;
        fmt::print("  {} {}: reported {:.3f}, truth {:.3f} to {:.3f}, off by {:.3f}, bound {:.3f}\n", metric,
                   percentile_keys[i], reported, least, most, error, bound);
      }
    }
  };
  hold("ttft_ms", truth.ttft);
  hold("itl_ms", truth.itl);
  ++into.levels;
  into.covered += all;
  return all;
}

void measure(const bench_setup& setup, const load& offered, unsigned busy_loops, tally& into) {
  std::vector<std::unique_ptr<background_child>> beside;
  for (unsigned i = 0; i < busy_loops; ++i)
    beside.push_back(std::make_unique<background_child>(
        std::vector<std::string>{"/bin/sh", "-c", "while :; do :; done"}, setup.client_core));
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", offered.itl}};
  const client_run run =
      run_loadgen(setup, server.url(),
                  {"--concurrency", std::to_string(offered.streams), "--requests",
                   std::to_string(std::max(offered.streams * 2, 20U)), "--max-tokens", std::to_string(offered.tokens)});
  const true_latencies truth = read_latencies(server.stop());
  const auto& level = run.summary.at("levels").at(0);
  if (run.process.code != 0 || truth.ttft.low.size() != std::max(offered.streams * 2, 20U)) {
    fmt::print("  {} streams: not all requests completed; left out\n", offered.streams);
    return;
  }
  if (!covers(level, truth, into))
    fmt::print("  ^ {} streams, ITL {}, {} busy loops, verdict {}\n", offered.streams, offered.itl, busy_loops,
               std::string_view{level.at("audit").at("verdict").as_string()});
}

int run_all(int rounds) {
  const bench_setup setup;
  tally all;
  fmt::print("| busy loops | levels | all four figures within their bounds | bound, median | error, median | error, "
             "largest |\n"
             "|---|---|---|---|---|---|\n");
  for (const unsigned busy_loops : neighbours) {
    tally part;
    for (int round = 0; round < rounds; ++round)
      for (const load& offered : loads) measure(setup, offered, busy_loops, part);
    fmt::print("| {} | {} | {} | {:.3f} ms | {:.3f} ms | {:.3f} ms |\n", busy_loops, part.levels, part.covered,
               median(part.bounds), median(part.errors), *std::max_element(part.errors.begin(), part.errors.end()));
    std::fflush(stdout);
    all.levels += part.levels;
    all.covered += part.covered;
  }
  const double share = all.levels == 0 ? 0 : 100.0 * all.covered / all.levels;
  fmt::print("\nwithin the bounds: {} of {} levels, {:.1f} % (limit 99 %): {}\n", all.covered, all.levels, share,
             share >= 99 ? "holds" : "BROKEN");
  return share >= 99 ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 4;
  return loadgen::bench::run_all(rounds > 0 ? rounds : 1);
}
