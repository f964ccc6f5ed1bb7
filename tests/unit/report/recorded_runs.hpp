#pragma once

#include "metrics/record_writer.hpp"

#include <loadgen/base/random.hpp>
#include <loadgen/metrics/recorded_run.hpp>

#include <boost/json/object.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <cmath>
#include <filesystem>
#include <vector>

namespace loadgen::report::samples {

using namespace std::chrono_literals;

inline constexpr instant run_epoch{1'000'000s};

/// Requests as a server with a heavy tail answers them: most complete, some fail, are cut off or come back empty.
class drawn_requests {
public:
  explicit drawn_requests(std::uint64_t seed) : bits_(seed, "requests") {}

  metrics::request_record next(std::uint64_t index, std::size_t chunks) {
    metrics::request_record record;
    record.index = index;
    record.planned = run_epoch + 1ms * index;
    record.released = *record.planned + time(0.05);
    record.connected = *record.released + time(0.1);
    record.sent = *record.connected + time(0.02);
    record.first_byte = *record.sent + time(3);
    record.first_event = *record.first_byte + time(0.1);
    record.asked_output = static_cast<std::uint32_t>(chunks);
    record.bytes_sent = 512;
    record.http_status = 200;
    end(record, between(0, 99), chunks);
    return record;
  }

  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return boost::random::uniform_int_distribution<std::uint64_t>{low, high}(bits_);
  }

private:
  /// Around `ms` milliseconds, never longer than a few thousand times that.
  duration time(double ms) {
    return duration{static_cast<std::int64_t>(1e6 * ms * boost::random::lognormal_distribution<double>{0, 1}(bits_))};
  }

  void end(metrics::request_record& record, std::uint64_t fate, std::size_t chunks) {
    instant now = *record.first_event;
    for (std::size_t i = 0; i < (fate == 3 ? 0 : chunks); ++i) {
      if (between(0, 9) > 0) now += time(12); // else: out of one read with the one before, at the same stamp
      record.chunks.push_back(
          {now, std::chrono::duration<std::uint32_t, std::nano>{time(0.02)}, static_cast<std::uint8_t>(between(0, 7))});
    }
    record.ended = now + time(1);
    if (fate < 2) {
      record.end = metrics::outcome::failed;
      record.why = metrics::cause::http_status;
      record.message = "busy " + std::to_string(record.index);
      record.http_status = 503;
    } else if (fate == 2) {
      record.end = metrics::outcome::cancelled;
      record.why = metrics::cause::drain_limit;
    } else {
      record.end = metrics::outcome::completed;
      record.done = record.ended;
      record.usage.input = static_cast<std::uint32_t>(between(10, 900));
      record.usage.output = static_cast<std::uint32_t>(record.chunks.size());
      record.server_figures = {{"prompt_ms", to_ms(time(40))}};
    }
  }

  random_stream bits_;
};

/// Writes RUN/raw/records.bin: one level after the other of `requests` requests with `chunks` chunks each, a tenth of
/// them warm-up, in the shuffled order in which they ended. Every second level is of duration mode; the last has no
/// end.
inline void write_run(const std::filesystem::path& run_folder, std::size_t levels, std::size_t requests,
                      std::size_t chunks, boost::json::object manifest = {}) {
  std::filesystem::create_directories(run_folder / "raw");
  metrics::run_info info;
  info.run_id = "drawn";
  info.epoch = run_epoch;
  info.epoch_unix_ns = 1'784'726'102'000'000'000;
  info.manifest = std::move(manifest);
  auto writer = metrics::record_writer::create(run_folder / "raw" / "records.bin", info).value();
  drawn_requests drawn{levels};
  for (std::size_t level = 0; level < levels; ++level) {
    metrics::level_info begun;
    begun.level = static_cast<std::uint32_t>(level);
    begun.rate = 1000.0 / static_cast<double>(level + 1);
    begun.begin = run_epoch;
    writer.begin_level(begun).value();
    for (std::size_t i = 0; i < requests; ++i) {
      auto record = drawn.next((i * 7) % requests, chunks); // 7 does not divide their number: each index once
      record.warmup = i % 10 == 0;
      writer.append(record).value();
    }
    if (level + 1 == levels) break;
    metrics::level_end end;
    end.measured_from = run_epoch;
    end.issuing_ended = run_epoch + 1ms * requests;
    end.ended = end.issuing_ended + 10s;
    end.duration_mode = level % 2 == 1;
    end.workers = {{}};
    writer.end_level(end).value();
  }
  writer.flush().value();
}

} // namespace loadgen::report::samples
