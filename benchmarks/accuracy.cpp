// How far the reported percentiles are from the truth: the reference server on one core writes one token every 10 ms to
// each stream and keeps the times, loadgen on the other core reports what it saw. Prints both, and the difference.
//
//   bench_accuracy [runs]      (default 5; the figures printed are medians over the runs)

#include "support/reference_load.hpp"
#include "support/truth_figures.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

namespace loadgen::bench {
namespace {

struct load {
  unsigned streams;
  unsigned requests;
};

constexpr std::array loads{load{50, 250}, load{200, 1000}, load{1000, 3000}};
constexpr unsigned tokens = 100;

constexpr std::size_t figure_count = 5;
constexpr std::array<const char*, figure_count> figure_names{"TTFT p50", "TTFT p99", "ITL p50", "ITL p90", "ITL p99"};
constexpr std::array<double, figure_count> limits{0.05, 0.1, 0.02, 0.02, 0.02}; // ms, the project's own

// One run: what was reported, what was true.
struct reading {
  std::array<double, figure_count> reported{};
  std::array<double, figure_count> truth{};
  double coalesced_behind = 0;
  double us_per_token = 0;       // CPU of the whole process
  double floor_us_per_token = 0; // the same of a client that only receives
  bool whole = false;            // every request completed
};

double number(const boost::json::value& value) {
  return value.is_null() ? std::nan("") : value.to_number<double>();
}

double cost_of(const child_exit& process, std::size_t token_count) {
  return to_ms(process.cpu) * 1000.0 / static_cast<double>(token_count);
}

double measure_floor(const bench_setup& setup, const load& offered) {
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", "10ms"}};
  const child_exit ended = run_floor_client(setup, server.port(), offered.streams, offered.requests, tokens);
  return cost_of(ended, std::size_t{offered.requests} * tokens);
}

reading measure(const bench_setup& setup, const load& offered, bool kernel_stamps) {
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", "10ms"}};
  std::vector<std::string> flags{"--concurrency", std::to_string(offered.streams),
                                 "--requests",    std::to_string(offered.requests),
                                 "--max-tokens",  std::to_string(tokens)};
  if (!kernel_stamps) flags.push_back("--no-kernel-timestamps");
  const client_run run = run_loadgen(setup, server.url(), flags);
  const true_figures truth = read_true_figures(server.stop());

  const auto& level = run.summary.at("levels").at(0);
  const auto& ttft = level.at("metrics").at("ttft_ms");
  const auto& itl = level.at("metrics").at("itl_ms");
  reading taken;
  taken.reported = {number(ttft.at("p50")), number(ttft.at("p99")), number(itl.at("p50")), number(itl.at("p90")),
                    number(itl.at("p99"))};
  taken.truth = {truth.ttft_p50, truth.ttft_p99, truth.itl_p50, truth.itl_p90, truth.itl_p99};
  taken.coalesced_behind = number(level.at("audit").at("coalesced_behind_fraction"));
  taken.us_per_token = cost_of(run.process, truth.tokens);
  taken.floor_us_per_token = measure_floor(setup, offered);
  taken.whole = run.process.code == 0 && truth.tokens == std::size_t{offered.requests} * tokens;
  return taken;
}

template<class Field>
double median_of(const std::vector<reading>& readings, Field field) {
  std::vector<double> values;
  for (const reading& each : readings) values.push_back(field(each));
  return median(values);
}

bool print_row(const load& offered, bool kernel_stamps, const std::vector<reading>& readings) {
  bool within = true;
  fmt::print("| {:>5} | {:<6} |", offered.streams, kernel_stamps ? "kernel" : "user");
  for (std::size_t i = 0; i < figure_count; ++i) {
    const double reported = median_of(readings, [i](const reading& one) { return one.reported[i]; });
    const double truth = median_of(readings, [i](const reading& one) { return one.truth[i]; });
    const double difference = median_of(readings, [i](const reading& one) { return one.reported[i] - one.truth[i]; });
    within = within && std::abs(difference) <= limits[i];
    fmt::print(" {:>7.3f} ({:.3f}) {:+.3f} |", reported, truth, difference);
  }
  const double behind = median_of(readings, [](const reading& one) { return one.coalesced_behind; });
  const double cost = median_of(readings, [](const reading& one) { return one.us_per_token; });
  const double floor = median_of(readings, [](const reading& one) { return one.floor_us_per_token; });
  const double ratio =
      median_of(readings, [](const reading& one) { return one.us_per_token / one.floor_us_per_token; });
  fmt::print(" {:.3f} % | {:.2f} ({:.2f}) {:.2f} |\n", behind * 100.0, cost, floor, ratio);
  std::fflush(stdout);
  within = within && behind <= 0.002;
  for (const reading& one : readings) within = within && one.whole;
  return within;
}

int run_all(int runs) {
  const bench_setup setup;
  fmt::print(
      "loadgen against the reference server: TTFT 50 ms, ITL 10 ms, {} tokens; server on core {}, client on core "
      "{}; medians of {} runs\nEach figure in ms: reported (truth) difference\n\n| streams | stamps |",
      tokens, setup.server_core, setup.client_core, runs);
  for (const char* name : figure_names) fmt::print(" {} |", name);
  fmt::print(" coalesced behind | CPU us/token (floor) ratio |\n|---|---|---|---|---|---|---|---|---|\n");
  bool within = true;
  for (const bool kernel_stamps : {true, false})
    for (const load& offered : loads) {
      std::vector<reading> readings;
      for (int i = 0; i < runs; ++i) readings.push_back(measure(setup, offered, kernel_stamps));
      const bool good = print_row(offered, kernel_stamps, readings);
      if (kernel_stamps) within = within && good; // the rows without kernel stamps are there to compare with
    }
  fmt::print("\nWith kernel stamps: {}\n", within ? "within the limits at every load" : "OUTSIDE THE LIMITS");
  return within ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 5;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
