#pragma once

#include "recording/exchange_codec.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::recording {

/// Where the entries of one worker's exchanges wait to be written: blocks of a limited size, and of them no more than
/// fit into a limited memory. What does not fit is left out, and nobody waits.
///
/// Thread-safety: all members from any thread. What holds the lock never does more than copy one read.
class recording_lane {
public:
  recording_lane(std::uint16_t worker, instant epoch, std::size_t memory_limit)
      : worker_(worker),
        epoch_(epoch),
        most_blocks_(std::max(memory_limit / block_fills_at, least_blocks)) {}

  recording_lane(const recording_lane&) = delete;
  recording_lane& operator=(const recording_lane&) = delete;

  /// A number for a new exchange, and whether its request was kept.
  struct begun {
    std::uint64_t number = 0;
    bool kept = false;
  };

  [[nodiscard]] begun add_request(const recorded_exchange& exchange, std::string_view request);
  /// False where there was no room.
  [[nodiscard]] bool add_read(std::uint64_t number, const read_facts& facts, std::string_view bytes);
  /// The end of an exchange, of which that many bytes were left out. It is kept whatever room there is.
  void add_end(std::uint64_t number, const recorded_end& end, std::uint64_t missing_bytes);

  /// Blocks whose header is still to be filled, in order; with `all` also one that is not full.
  [[nodiscard]] std::vector<std::string> take(bool all);

  /// The taken blocks are done with. Their memory is used again.
  void give_back(std::vector<std::string> used);

  /// Bytes of one request that was not kept.
  void count_lost(std::uint64_t bytes);

  [[nodiscard]] recording_totals totals() const;

  /// Keeps nothing more.
  void give_up();

private:
  static constexpr std::size_t block_fills_at = 256U * 1024U;
  static constexpr std::size_t least_blocks = 2;

  [[nodiscard]] bool has_room() const noexcept { return !given_up_ && full_.size() + taken_ < most_blocks_; }

  [[nodiscard]] std::string& block();
  void close_if_full();

  const std::uint16_t worker_;
  const instant epoch_;
  const std::size_t most_blocks_;

  mutable std::mutex mutex_;
  std::string filling_; // empty: not begun
  std::vector<std::string> full_;
  std::vector<std::string> spare_;
  std::size_t taken_ = 0; // blocks that are being written
  std::uint64_t next_number_ = 0;
  recording_totals totals_;
  bool given_up_ = false;
};

} // namespace loadgen::recording
