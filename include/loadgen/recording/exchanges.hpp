#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/metrics/record.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of a run as they went over the wire: kept while it runs, and read again afterwards (docs/recording.md).
namespace loadgen::recording {

/// What one read of a connection brought.
struct recorded_read {
  instant at;                 ///< the kernel's receive stamp; where it gave none, when the read returned
  bool kernel_stamped = true; ///< whether `at` is the kernel's
  bool behind = false;        ///< the worker had not slept since its previous harvest, or was not run when it was due
  /// How long after `at` its content had been decoded, at most 4.29 s; unset where no content was in it.
  std::optional<duration> decode_lag;
  std::string bytes; ///< with TLS as decrypted, `at` being that of the read whose ciphertext completed them; not empty
};

/// How an exchange on a connection ended.
enum class exchange_ending : std::uint8_t {
  satisfied,   ///< the response was whole, or as much of it as was wanted
  closed,      ///< the peer closed its side in an orderly way
  broken,      ///< the connection failed while receiving
  send_failed, ///< the connection failed while the request was being written
  stale,       ///< the connection was found closed before the first byte was written: nothing was sent
  cancelled,   ///< by this program: a limit, the end of the drain, an interrupt
};

/// What is known when an exchange has ended.
struct recorded_end {
  exchange_ending how = exchange_ending::satisfied;    ///< who or what ended it
  metrics::cause cancelled_for = metrics::cause::none; ///< why, of a cancelled one
  /// False of a stale one whose attempt went on with another connection: it says nothing of the request's outcome.
  bool concluded = true;
  instant sent;         ///< just before the first byte was written; without meaning where it is stale
  duration send_time{}; ///< from `sent` until the system call that took the first byte had returned; 0: none did
  instant ended;        ///< when the reading thread saw the end
  std::uint64_t bytes_sent = 0; ///< of the request
  std::string failure;          ///< what the system said of a failure; "": nothing
  /// Of a whole answer that the end of the connection ended: how long after its last read it had been decoded.
  std::optional<duration> decode_lag{};
};

/// One request on one connection, and what came back. A request has several where it was tried again.
struct recorded_exchange {
  std::uint64_t index = 0;          ///< that of the request's record
  std::uint16_t worker = 0;         ///< which worker ran it, from 0
  std::uint16_t target = 0;         ///< which --url, from 0
  std::uint16_t attempt = 0;        ///< 0 for the first, as counted by the record's `retries`
  std::string request;              ///< all its bytes, secret headers' values replaced by `(hidden)`
  std::vector<recorded_read> reads; ///< in order of arrival
  std::uint64_t missing_bytes =
      0; ///< of the response that came behind `reads` and were not kept: the disk was too slow
  std::optional<recorded_end> end{}; ///< unset: the file ends before it

  /// The request without its head; "" where there is none.
  [[nodiscard]] std::string_view body() const noexcept;
};

/// The warm-up or the measured part of one level and trial.
struct recorded_phase {
  std::uint32_t place = 0; ///< of the level and trial among all that ran, from 0
  std::uint32_t level = 0; ///< place in the sweep, from 0
  std::uint32_t trial = 1; ///< from 1
  bool warmup = false;     ///< its requests are in no figure
  instant began;           ///< what the offsets of an open loop count from
};

/// What a recording says of itself before its first exchange.
struct recording_info {
  std::string run_id;             ///< of the run it belongs to
  instant epoch;                  ///< the run's zero on the monotonic clock
  std::int64_t epoch_unix_ns = 0; ///< the same moment on the wall clock, nanoseconds since 1970
  answer_form asked;              ///< how its answers are read
};

/// What a recording says of itself at its end.
struct recording_totals {
  std::uint64_t exchanges = 0;      ///< that were begun, all attempts and warm-ups counted
  std::uint64_t lost_exchanges = 0; ///< of which nothing was kept
  std::uint64_t cut_exchanges = 0;  ///< whose response was kept in part
  std::uint64_t missing_bytes = 0;  ///< of requests and responses, in all of these

  /// Whether every byte of every exchange is there.
  [[nodiscard]] bool whole() const noexcept { return lost_exchanges == 0 && cut_exchanges == 0; }
};

/// All of a recording but its exchanges.
struct recording {
  recording_info info;                    ///< what stands at its begin
  std::vector<recorded_phase> phases;     ///< in the order they ran
  std::optional<recording_totals> totals; ///< unset: the run was killed, or could not write on
  bool damaged = false;                   ///< the file has bytes after its last whole block; they are ignored
  std::uint64_t file_size = 0;            ///< bytes that the file had when it was opened
};

/// Takes one exchange. May move from it.
using exchange_sink = std::function<void(const recorded_phase& phase, recorded_exchange& exchange)>;

/// Where the recording of the run in `run_folder` is, whether it has one or not: raw/exchanges.bin.
[[nodiscard]] std::filesystem::path exchanges_in(const std::filesystem::path& run_folder);

/// Reads a recording's header alone. Errors: those of stream_exchanges().
[[nodiscard]] result<recording_info> read_recording_info(const std::filesystem::path& file);

/// Reads a recording up to its last whole block and hands each exchange to `sink` when it has ended, those of one
/// request in the order of its attempts; what the end of the file cuts off comes last. Memory: what was under way at
/// one time. Errors: io where the file cannot be read, invalid_input where it is no recording or of a newer version.
[[nodiscard]] result<recording> stream_exchanges(const std::filesystem::path& file, const exchange_sink& sink);

} // namespace loadgen::recording
