// How truly an open loop keeps its schedule. First the send lag at 2,000 requests/s, beside that of a timer that has
// nothing else to do on the same schedule and core; then the arrivals of a Poisson process as the server's kernel
// stamped them, against the exponential distribution they should have.
//
//   bench_open_loop [runs]      (default 5; the figures printed are medians over the runs)

#include "support/reference_load.hpp"

#include <loadgen/base/time.hpp>
#include <loadgen/calibrate/timer.hpp>
#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace loadgen::bench {
namespace {

constexpr unsigned rate = 2000;
constexpr unsigned requests = 10'000;
constexpr double lag_limit_ms = 0.2;

constexpr unsigned poisson_rate = 400;
constexpr unsigned poisson_arrivals = 5000;
constexpr double distance_limit = 0.03;

struct lag {
  double p50_ms = 0, p99_ms = 0;
};

// Runs in a process of its own, pinned like the client.
int run_timer_loop() {
  const calibrate::timer_lateness late =
      calibrate::measure_timer(std::chrono::nanoseconds{1'000'000'000} / rate, requests);
  fmt::print("{} {}\n", late.p50_ms, late.p99_ms);
  return 0;
}

lag measure_timer_loop(const bench_setup& setup) {
  const child_exit ended = run_child({setup.program("bench_open_loop"), "timer-loop"}, setup.client_core);
  char* rest = nullptr;
  const double p50 = std::strtod(ended.output.c_str(), &rest);
  return {p50, std::strtod(rest, nullptr)};
}

lag measure_loadgen(const bench_setup& setup) {
  reference_server_process server{setup, {"--ttft", "5ms", "--itl", "5ms"}};
  const client_run run = run_loadgen(setup, server.url(),
                                     {"--rate", std::to_string(rate), "--arrival", "constant", "--requests",
                                      std::to_string(requests), "--max-tokens", "2"});
  const auto& send_lag = run.summary.at("levels").at(0).at("audit").at("send_lag_ms");
  return {send_lag.at("p50").to_number<double>(), send_lag.at("p99").to_number<double>()};
}

template<class Field>
double median_of(const std::vector<lag>& lags, Field field) {
  std::vector<double> values;
  for (const lag& each : lags) values.push_back(each.*field);
  return median(values);
}

bool compare_send_lag(const bench_setup& setup, int runs) {
  std::vector<lag> empty, client;
  std::vector<double> differences;
  for (int i = 0; i < runs; ++i) {
    empty.push_back(measure_timer_loop(setup));
    client.push_back(measure_loadgen(setup));
    differences.push_back(client.back().p99_ms - empty.back().p99_ms);
  }
  const double difference = median(differences);
  fmt::print("send lag at {} requests/s of 2 tokens, constant, {} requests, medians of {} interleaved runs\n", rate,
             requests, runs);
  fmt::print("| | p50 ms | p99 ms |\n|---|---|---|\n");
  fmt::print("| empty timer loop | {:.3f} | {:.3f} |\n", median_of(empty, &lag::p50_ms),
             median_of(empty, &lag::p99_ms));
  fmt::print("| loadgen | {:.3f} | {:.3f} |\n", median_of(client, &lag::p50_ms), median_of(client, &lag::p99_ms));
  const bool within = difference <= lag_limit_ms;
  fmt::print("loadgen above the loop at p99: {:.3f} ms (limit {} ms): {}\n\n", difference, lag_limit_ms,
             within ? "within" : "ABOVE");
  return within;
}

/// The Kolmogorov-Smirnov distance between gaps and the exponential distribution of that rate.
double exponential_distance(std::vector<double> gaps_s, double of_rate) {
  std::sort(gaps_s.begin(), gaps_s.end());
  const auto n = static_cast<double>(gaps_s.size());
  double distance = 0;
  for (std::size_t i = 0; i < gaps_s.size(); ++i) {
    const double truth = 1 - std::exp(-of_rate * gaps_s[i]);
    distance = std::max({distance, truth - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - truth});
  }
  return distance;
}

bool compare_arrivals(const bench_setup& setup, int runs) {
  std::vector<double> distances;
  for (int i = 0; i < runs; ++i) {
    reference_server_process server{setup, {"--ttft", "5ms", "--itl", "5ms"}};
    static_cast<void>(
        run_loadgen(setup, server.url(),
                    {"--rate", std::to_string(poisson_rate), "--requests", std::to_string(poisson_arrivals),
                     "--max-tokens", "2", "--seed", std::to_string(i + 1)}));
    const auto truth = serve::read_truth(server.stop());
    if (truth.has_error()) std::exit(1);
    std::vector<instant> arrivals;
    for (const serve::truth_record& request : *truth) arrivals.push_back(request.received);
    std::sort(arrivals.begin(), arrivals.end());
    std::vector<double> gaps;
    for (std::size_t k = 1; k < arrivals.size(); ++k) gaps.push_back(to_s(arrivals[k] - arrivals[k - 1]));
    distances.push_back(exponential_distance(gaps, poisson_rate));
  }
  const double distance = median(distances);
  const bool within = distance < distance_limit;
  fmt::print(
      "Poisson, {}/s, {} arrivals as the server's kernel stamped them, seeds 1 to {}: Kolmogorov-Smirnov distance "
      "from the exponential {:.4f} (limit {}): {}\n",
      poisson_rate, poisson_arrivals, runs, distance, distance_limit, within ? "within" : "ABOVE");
  return within;
}

int run_all(int runs) {
  const bench_setup setup;
  const bool keeps_time = compare_send_lag(setup, runs);
  const bool keeps_distribution = compare_arrivals(setup, runs);
  return keeps_time && keeps_distribution ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "timer-loop") == 0) return loadgen::bench::run_timer_loop();
  const int runs = argc > 1 ? std::atoi(argv[1]) : 5;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
