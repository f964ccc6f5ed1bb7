// Whether the error bound that a run prints beside its figures holds: many short runs against the reference server, at
// loads from idle to hopeless, with and without other programs on the client's core. For each figure the distance from
// the truth is held against the bound; what the server does not know itself, since its send call took long, is not
// counted as distance.
//
//   bench_error_bounds [rounds]      (default 4: 144 levels)

#include "support/reference_load.hpp"

#include <loadgen/calibrate/truth.hpp>
#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
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

calibrate::true_latencies read_latencies(const std::filesystem::path& file) {
  const auto records = serve::read_truth(file);
  if (records.has_error()) {
    fmt::print(stderr, "benchmark: {}\n", records.error().message);
    std::exit(1);
  }
  return calibrate::true_latencies_of(*records,
                                      50us); // a send that is not in the list of the slow ones took up to that
}

struct tally {
  unsigned levels = 0, covered = 0;
  std::vector<double> bounds, errors; // of the figures, in ms
};

/// Whether every headline figure of the level is as near the truth as it says.
bool covers(const boost::json::value& level, calibrate::true_latencies truth, tally& into) {
  bool all = true;
  const auto hold = [&](const char* metric, calibrate::true_samples& samples) {
    const auto& figures = level.at("metrics").at(metric);
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
      const double reported = figures.at(percentile_keys[i]).to_number<double>();
      const double bound = figures.at("instrument_error").at(percentile_keys[i]).to_number<double>();
      const calibrate::true_span truth_at = samples.percentile(percentiles[i]);
      const double error = std::abs(truth_at.error_of(reported));
      into.bounds.push_back(bound);
      into.errors.push_back(error);
      if (error > bound) {
        all = false;
        fmt::print("  {} {}: reported {:.3f}, truth {:.3f} to {:.3f}, off by {:.3f}, bound {:.3f}\n", metric,
                   percentile_keys[i], reported, truth_at.least, truth_at.most, error, bound);
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
  const calibrate::true_latencies truth = read_latencies(server.stop());
  const auto& level = run.summary.at("levels").at(0);
  if (run.process.code != 0 || truth.ttft.count() != std::max(offered.streams * 2, 20U)) {
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
