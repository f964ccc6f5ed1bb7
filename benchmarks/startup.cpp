// What a run costs beside its load: the time from the start of the process to its first request, and the whole of a run
// of one request to a server that answers at once, run package written.
//
//   bench_startup [runs]       (default 11; the figures printed are medians over the runs)

#include "support/reference_load.hpp"

#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>

#include <cstdlib>

namespace loadgen::bench {
namespace {

int run_all(int runs) {
  const bench_setup setup;
  std::vector<double> first_request;
  std::vector<double> whole;
  for (int i = 0; i < runs; ++i) {
    reference_server_process server{setup, {"--ttft", "0ms", "--itl", "0ms"}};
    const instant began = clock::now();
    const client_run run = run_loadgen(setup, server.url(), {"--requests", "1", "--max-tokens", "1"});
    const auto truth = serve::read_truth(server.stop());
    if (run.process.code != 0 || truth.has_error() || truth->empty()) return 1;
    first_request.push_back(to_ms(truth->front().received - began));
    whole.push_back(to_ms(run.process.wall));
  }
  const double first = median(first_request);
  const double all = median(whole);
  fmt::print("process start to the first request at the server: {:.1f} ms (limit 50)\n", first);
  fmt::print("one request, whole process, run package written:  {:.1f} ms (limit 150)\n", all);
  return first < 50.0 && all < 150.0 ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 11;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
