#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <unistd.h>

namespace loadgen::metrics {

using namespace std::chrono_literals;

/// Where the clock of these tests begins: not at zero, so that a forgotten epoch shows.
inline constexpr instant test_epoch{1'000'000s};

/// A moment `since` the epoch.
constexpr instant at(duration since) noexcept {
  return test_epoch + since;
}

inline chunk_stamp chunk(duration since, std::uint8_t flags = chunk_stamp::answer, std::uint32_t lag_ns = 20'000) {
  return {at(since), std::chrono::duration<std::uint32_t, std::nano>{lag_ns}, flags};
}

/// A completed closed-loop request: sent at `sent`, first byte and event 10 ms later, chunks as given, done 1 ms after
/// the last of them.
inline request_record completed(std::uint64_t index, duration sent, std::vector<chunk_stamp> chunks) {
  request_record record;
  record.index = index;
  record.released = record.connected = record.sent = at(sent);
  record.first_byte = record.first_event = at(sent + 10ms);
  record.done = (chunks.empty() ? at(sent + 10ms) : chunks.back().arrival) + 1ms;
  record.ended = record.done;
  record.chunks = std::move(chunks);
  record.end = outcome::completed;
  record.http_status = 200;
  return record;
}

/// A request that was sent and did not complete.
inline request_record not_completed(std::uint64_t index, duration sent, outcome end, cause why) {
  request_record record = completed(index, sent, {});
  record.done = std::nullopt;
  record.end = end;
  record.why = why;
  return record;
}

/// An end block of a count-mode level whose one worker did nothing wrong.
inline level_end quiet_end(duration issuing_ended, duration ended) {
  level_end end;
  end.measured_from = test_epoch;
  end.issuing_ended = at(issuing_ended);
  end.ended = at(ended);
  end.workers = {worker_audit{}};
  return end;
}

inline recorded_level level_of(std::vector<request_record> requests) {
  recorded_level level;
  level.info.begin = test_epoch;
  level.requests = std::move(requests);
  return level;
}

/// What a counter makes of the records of a level.
template<class Counter>
Counter counted(Counter counter, const recorded_level& level) {
  for (const request_record& record : level.requests) counter.add(record);
  return counter;
}

inline bool operator==(const chunk_stamp& left, const chunk_stamp& right) {
  return std::tie(left.arrival, left.receive_lag, left.flags) ==
         std::tie(right.arrival, right.receive_lag, right.flags);
}

inline bool operator==(const empty_event_stamp& left, const empty_event_stamp& right) {
  return std::tie(left.arrival, left.flags) == std::tie(right.arrival, right.flags);
}

inline bool operator==(const token_usage& left, const token_usage& right) {
  return std::tie(left.input, left.cached, left.output, left.reasoning) ==
         std::tie(right.input, right.cached, right.output, right.reasoning);
}

inline bool operator==(const request_record& left, const request_record& right) {
  const auto fields = [](const request_record& r) {
    return std::tie(r.index, r.warmup, r.worker, r.target, r.dataset_line, r.conversation, r.planned, r.released,
                    r.connected, r.sent, r.first_byte, r.first_event, r.done, r.ended, r.send_time, r.cap_wait,
                    r.connect_time, r.tls_time, r.chunks, r.empty_events, r.usage, r.asked_output, r.finish_reason,
                    r.end, r.why, r.http_status, r.message, r.stale_reconnects, r.retries, r.reused_connection,
                    r.bytes_sent, r.bytes_received, r.server_figures);
  };
  return fields(left) == fields(right);
}

/// A folder of its own for one test, removed with all it holds.
class temporary_folder {
public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "loadgen-metrics-XXXXXX").string();
    if (::mkdtemp(pattern.data())) path_ = pattern;
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return (std::ostringstream{} << in.rdbuf()).str();
}

inline void put_contents(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream{file, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                static_cast<std::streamsize>(bytes.size()));
}

} // namespace loadgen::metrics
