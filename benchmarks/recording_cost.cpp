// What --record adds to the CPU time of a read: leaving it with the worker's lane, and writing it to the file. Prints
// one line of JSON. To be set against the CPU time a token that docs/measurement.md has.
//
// Usage: recording_cost FILE [BYTES_A_READ]   (FILE must not exist; it is left behind)

#include "recording/exchange_recorder.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

namespace {

using namespace loadgen;

constexpr std::size_t reads = 2'000'000;
constexpr std::size_t reads_at_once = 20'000; // what comes between two looks of the writer at most

double cpu_seconds(clockid_t of) {
  timespec now{};
  clock_gettime(of, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::size_t size = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 250;
  const std::string bytes(size, 'x');
  const recording::recording_info info{"cost", clock::now(), 0, endpoint_kind::chat};
  auto made = recording::exchange_recorder::create(argv[1], info, 1, {}, std::size_t{1} << 30U);
  if (made.has_error()) {
    fmt::print(stderr, "{}\n", made.error().message);
    return 1;
  }
  auto recorder = std::move(*made);
  const auto tap = recorder->make_tap(0);
  recorder->begin_phase({});
  metrics::request_record record;
  tap->on_request(record, "POST / HTTP/1.1\r\n\r\n{}");
  const double process_before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  double reading = 0;
  for (std::size_t done = 0; done < reads; done += reads_at_once) {
    const double before = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t i = 0; i < reads_at_once; ++i)
      tap->on_read(bytes, {info.epoch + std::chrono::microseconds{done + i}, true, false}, client::decode_lag{900});
    reading += cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - before;
    const timespec pause{0, 20'000'000};
    nanosleep(&pause, nullptr);
  }
  tap->on_end({}, metrics::cause::none, true, std::nullopt);
  recorder->end();
  const double all = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - process_before;
  fmt::print("{{\"bytes_a_read\":{},\"reads\":{},\"missing_bytes\":{},\"copying_ns\":{:.0f},\"writing_ns\":{:.0f}}}\n",
             size, reads, recorder->totals().missing_bytes, reading / reads * 1e9, (all - reading) / reads * 1e9);
  return 0;
}
