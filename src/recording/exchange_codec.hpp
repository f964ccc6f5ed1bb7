#pragma once

#include "metrics/block_file.hpp"

#include <loadgen/recording/exchanges.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::recording {

// The encoding of raw/exchanges.bin: docs/recording.md describes it.

inline constexpr metrics::block_file_kind exchanges_file{std::string_view{"\x89LGEXC\r\n", 8}, 1, "recorded exchanges",
                                                         "recording format"};

enum class exchange_block : std::uint8_t {
  info = 1,
  phase = 2,
  entries = 3, ///< of one worker
  totals = 4,
};

/// What the entries of a worker tell of its exchanges, each by its number among the worker's.
class entry_sink {
public:
  /// All that follows is of that worker. Comes first.
  virtual void on_worker(std::uint16_t worker) = 0;
  virtual void on_request(std::uint64_t number, recorded_exchange exchange) = 0;
  virtual void on_read(std::uint64_t number, recorded_read read) = 0;
  virtual void on_missing(std::uint64_t number, std::uint64_t bytes) = 0;
  virtual void on_end(std::uint64_t number, recorded_end end) = 0;

protected:
  ~entry_sink() = default;
};

/// What a read is encoded from, without its bytes being copied first.
struct read_facts {
  instant at;
  bool kernel_stamped = true;
  bool behind = false;
  std::optional<duration> decode_lag;
};

[[nodiscard]] std::string encode(const recording_info& info);
[[nodiscard]] std::string encode(const recorded_phase& phase, instant epoch);
[[nodiscard]] std::string encode(const recording_totals& totals);

/// What a block of entries begins with.
void encode_worker(std::string& out, std::uint16_t worker);

/// Append one entry. `exchange` counts with its identity and its request.
void encode_request(std::string& out, std::uint64_t number, const recorded_exchange& exchange,
                    std::string_view request);
void encode_read(std::string& out, std::uint64_t number, const read_facts& facts, std::string_view bytes,
                 instant epoch);
void encode_missing(std::string& out, std::uint64_t number, std::uint64_t bytes);
void encode_end(std::string& out, std::uint64_t number, const recorded_end& end, instant epoch);

/// Nothing, or false, where the payload is anything but what was encoded.
[[nodiscard]] std::optional<recording_info> decode_info(std::string_view payload);
[[nodiscard]] std::optional<recorded_phase> decode_phase(std::string_view payload, instant epoch);
[[nodiscard]] std::optional<recording_totals> decode_totals(std::string_view payload);
/// What comes before a fault has been given.
[[nodiscard]] bool decode_entries(std::string_view payload, instant epoch, entry_sink& sink);

} // namespace loadgen::recording
