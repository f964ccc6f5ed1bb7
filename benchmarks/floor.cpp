// What a token costs, and what a stream does. The cost is the CPU time of the whole process, run package included, as
// the slope between a short and a long run, so that starting and reporting count only as far as they grow with the
// tokens. It is divided by that of a client that only receives, run in between. Then memory a stream, and ten thousand
// streams.
//
//   bench_floor [runs]      (default 7; the figures printed are medians over the runs)

#include "support/reference_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace loadgen::bench {
namespace {

using namespace std::chrono_literals;

constexpr unsigned tokens = 100;
constexpr double ratio_limit = 1.5;
constexpr double kib_limit = 8;

struct run_lengths {
  unsigned streams, short_requests, long_requests;
};

constexpr std::array loads{run_lengths{200, 400, 1200}, run_lengths{1000, 1000, 3000}};

struct cost {
  double loadgen_us = 0, floor_us = 0; // a token
};

double cpu_of_loadgen(const bench_setup& setup, unsigned streams, unsigned requests) {
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", "10ms"}};
  const client_run run = run_loadgen(setup, server.url(),
                                     {"--concurrency", std::to_string(streams), "--requests", std::to_string(requests),
                                      "--max-tokens", std::to_string(tokens)});
  return to_ms(run.process.cpu) * 1000;
}

double cpu_of_floor(const bench_setup& setup, unsigned streams, unsigned requests) {
  reference_server_process server{setup, {"--ttft", "50ms", "--itl", "10ms"}};
  return to_ms(run_floor_client(setup, server.port(), streams, requests, tokens).cpu) * 1000;
}

template<class Cpu>
double slope(const run_lengths& of, const Cpu& cpu) {
  const double before = cpu(of.streams, of.short_requests);
  const double after = cpu(of.streams, of.long_requests);
  return (after - before) / (static_cast<double>(of.long_requests - of.short_requests) * tokens);
}

bool compare_cost(const bench_setup& setup, int runs) {
  fmt::print("CPU per token of the whole process, slope between two run lengths, server on core {}, client on core {}, "
             "medians of {} interleaved runs\n\n| streams | loadgen us | floor us | ratio |\n|---|---|---|---|\n",
             setup.server_core, setup.client_core, runs);
  bool within = true;
  for (const run_lengths& of : loads) {
    std::vector<double> loadgen_us, floor_us, ratios;
    for (int i = 0; i < runs; ++i) {
      floor_us.push_back(slope(of, [&](unsigned s, unsigned r) { return cpu_of_floor(setup, s, r); }));
      loadgen_us.push_back(slope(of, [&](unsigned s, unsigned r) { return cpu_of_loadgen(setup, s, r); }));
      ratios.push_back(loadgen_us.back() / floor_us.back());
    }
    const double ratio = median(ratios);
    within = within && median(floor_us) > 0 && ratio <= ratio_limit; // no cost: that client did not run
    fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} |\n", of.streams, median(loadgen_us), median(floor_us), ratio);
    std::fflush(stdout);
  }
  fmt::print("limit {}: {}\n\n", ratio_limit, within ? "within" : "ABOVE");
  return within;
}

/// The most memory the client had while its streams were open and none had ended.
double resident_kib(const bench_setup& setup, unsigned streams) {
  // All streams are open well before the first ends, some 8 s after the start.
  reference_server_process server{setup, {"--ttft", "4s", "--itl", "1s"}};
  background_child client{loadgen_command(setup, server.url(),
                                          {"--concurrency", std::to_string(streams), "--requests",
                                           std::to_string(streams), "--max-tokens", "5"}),
                          setup.client_core};
  double most = 0;
  for (const instant until = clock::now() + 7s; clock::now() < until; std::this_thread::sleep_for(100ms))
    most = std::max(most, client.resident_kib());
  client.stop();
  return most;
}

bool compare_memory(const bench_setup& setup) {
  constexpr unsigned streams = 5000;
  const double one = resident_kib(setup, 1);
  const double many = resident_kib(setup, streams);
  const double each = (many - one) / (streams - 1);
  const bool within = each <= kib_limit;
  fmt::print(
      "resident memory: {:.0f} KiB with 1 stream, {:.0f} KiB with {} open streams: {:.2f} KiB a stream (limit {}): "
      "{}\n",
      one, many, streams, each, kib_limit, within ? "within" : "ABOVE");
  return within;
}

bool carry_ten_thousand(const bench_setup& setup) {
  reference_server_process server{setup, {"--ttft", "500ms", "--itl", "500ms"}};
  const client_run run = run_loadgen(
      setup, server.url(), {"--concurrency", "10000", "--requests", "20000", "--max-tokens", "10", "--threads", "1"});
  const auto& level = run.summary.at("levels").at(0);
  const auto& requests = level.at("requests");
  const bool whole = run.process.code == 0 && requests.at("completed").to_number<int>() == 20'000;
  fmt::print(
      "10,000 concurrent streams, ITL 500 ms, one worker: {} of 20000 requests completed, {} failed; ITL p50 {:.2f} "
      "ms, verdict {}\n",
      requests.at("completed").to_number<int>(), requests.at("failed").to_number<int>(),
      level.at("metrics").at("itl_ms").at("p50").to_number<double>(),
      level.at("audit").at("verdict").as_string().c_str());
  return whole;
}

int run_all(int runs) {
  const bench_setup setup;
  const bool cheap = compare_cost(setup, runs);
  const bool small = compare_memory(setup);
  const bool wide = carry_ten_thousand(setup);
  return cheap && small && wide ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 7;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
