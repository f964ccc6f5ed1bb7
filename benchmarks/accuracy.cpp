// How far the reported percentiles are from the truth: the reference server on one core writes tokens to each stream at
// a steady pace and keeps the times, loadgen on the other core reports what it saw. Prints both, and the difference.
//
//   bench_accuracy [runs [table]]      (default 5; the figures printed are medians over the runs)
//
// Tables: base (the default: up to 1,000 streams, with and without kernel stamps), tls (base's loads over TLS), threads
// (two workers, and up to 4,000 streams), saturation (loads beyond what one core can receive).

#include "support/reference_load.hpp"
#include "support/truth_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string_view>

namespace loadgen::bench {
namespace {

struct load {
  unsigned streams = 0;
  unsigned requests = 0;
  const char* itl = "10ms";
  unsigned threads = 1;
  bool tls = false;
  bool kernel_stamps = true;
};

struct table {
  std::string_view name;
  std::vector<load> loads;
};

const std::array<table, 4> tables{{
    {"base",
     {{.streams = 50, .requests = 250},
      {.streams = 200, .requests = 1000},
      {.streams = 1000, .requests = 3000},
      {.streams = 50, .requests = 250, .kernel_stamps = false},
      {.streams = 200, .requests = 1000, .kernel_stamps = false},
      {.streams = 1000, .requests = 3000, .kernel_stamps = false}}},
    {"tls",
     {{.streams = 50, .requests = 250, .tls = true},
      {.streams = 200, .requests = 1000, .tls = true},
      {.streams = 1000, .requests = 3000, .tls = true}}},
    {"threads",
     {{.streams = 50, .requests = 250, .threads = 2},
      {.streams = 200, .requests = 1000, .threads = 2},
      {.streams = 1000, .requests = 3000, .threads = 2},
      {.streams = 2000, .requests = 4000, .itl = "20ms"},
      {.streams = 2000, .requests = 4000, .itl = "20ms", .threads = 2},
      {.streams = 4000, .requests = 8000, .itl = "40ms"},
      {.streams = 4000, .requests = 8000, .itl = "40ms", .threads = 2}}},
    {"saturation",
     {{.streams = 1000, .requests = 3000},
      {.streams = 1200, .requests = 3600},
      {.streams = 1400, .requests = 4200},
      {.streams = 1700, .requests = 5100},
      {.streams = 2000, .requests = 6000}}},
}};

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
  double floor_us_per_token = 0; // the same of a client that only receives; 0 over TLS, which it does not speak
  std::string verdict;           // the client's word on itself
  bool whole = false;            // every request completed
};

double number(const boost::json::value& value) {
  return value.is_null() ? std::nan("") : value.to_number<double>();
}

double cost_of(const child_exit& process, std::size_t token_count) {
  return to_ms(process.cpu) * 1000.0 / static_cast<double>(token_count);
}

double measure_floor(const bench_setup& setup, const load& offered) {
  if (offered.tls) return 0;
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", offered.itl}};
  const child_exit ended = run_floor_client(setup, server.port(), offered.streams, offered.requests, tokens);
  return cost_of(ended, std::size_t{offered.requests} * tokens);
}

reading measure(const bench_setup& setup, const load& offered) {
  std::vector<std::string> server_flags{"--ttft", "50ms", "--itl", offered.itl};
  std::vector<std::string> flags{
      "--concurrency", std::to_string(offered.streams), "--requests", std::to_string(offered.requests),
      "--max-tokens",  std::to_string(tokens),          "--threads",  std::to_string(offered.threads)};
  if (!offered.kernel_stamps) flags.push_back("--no-kernel-timestamps");
  if (offered.tls) {
    const certificate own = make_certificate(setup);
    server_flags.insert(server_flags.end(), {"--tls-cert", own.certificate.string(), "--tls-key", own.key.string()});
    flags.insert(flags.end(), {"--ca-file", own.certificate.string()});
  }
  reference_server_process server{setup, server_flags};
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
  taken.verdict = level.at("audit").at("verdict").as_string();
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

std::string verdicts_of(const std::vector<reading>& readings) {
  std::map<std::string, int> counts;
  for (const reading& one : readings) ++counts[one.verdict];
  std::string text;
  for (const auto& [verdict, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, verdict);
  return text;
}

bool print_row(const load& offered, const std::vector<reading>& readings) {
  bool within = true;
  fmt::print("| {} | {} | {} | {}{} |", offered.streams, offered.itl, offered.threads,
             offered.kernel_stamps ? "kernel" : "user", offered.tls ? ", TLS" : "");
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
  fmt::print(" {:.3f} % | {:.2f} |", behind * 100.0, cost);
  if (floor > 0)
    fmt::print(" {:.2f} | {:.2f} |", floor, ratio);
  else
    fmt::print(" - | - |");
  fmt::print(" {} |\n", verdicts_of(readings));
  std::fflush(stdout);
  within = within && behind <= 0.002;
  for (const reading& one : readings) within = within && one.whole;
  return within;
}

int run_table(const table& chosen, int runs) {
  const bench_setup setup;
  fmt::print(
      "loadgen against the reference server: TTFT 50 ms, {} tokens a stream; server on core {}, client on core {}; "
      "medians of {} runs\nLatencies in ms: reported (truth) difference; CPU in us a token\n\n"
      "| streams | ITL | threads | stamps |",
      tokens, setup.server_core, setup.client_core, runs);
  for (const char* name : figure_names) fmt::print(" {} |", name);
  fmt::print(" coalesced behind | CPU | floor | ratio | verdicts |\n|");
  for (std::size_t i = 0; i < figure_count + 9; ++i) fmt::print("---|");
  fmt::print("\n");
  bool within = true;
  for (const load& offered : chosen.loads) {
    std::vector<reading> readings;
    for (int i = 0; i < runs; ++i) readings.push_back(measure(setup, offered));
    const bool good = print_row(offered, readings);
    if (offered.kernel_stamps) within = within && good; // the rows without kernel stamps are there to compare with
  }
  fmt::print("\nWith kernel stamps: {}\n", within ? "within the limits at every load" : "OUTSIDE THE LIMITS");
  return within ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  using namespace loadgen::bench;
  const int runs = argc > 1 ? std::atoi(argv[1]) : 5;
  const std::string_view name = argc > 2 ? argv[2] : "base";
  const auto chosen =
      std::find_if(tables.begin(), tables.end(), [name](const table& each) { return each.name == name; });
  if (chosen == tables.end()) {
    fmt::print(stderr, "bench_accuracy: no table '{}'; there are base, tls, threads and saturation\n", name);
    return 2;
  }
  return run_table(*chosen, runs > 0 ? runs : 1);
}
