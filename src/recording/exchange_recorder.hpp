#pragma once

#include "client/exchange_tap.hpp"
#include "client/request_template.hpp"
#include "metrics/block_file.hpp"
#include "recording/periodic_thread.hpp"
#include "recording/recording_lane.hpp"

#include <loadgen/recording/exchanges.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace loadgen::recording {

/// What is kept of the exchanges of one client::exchange, one after the other. Made by exchange_recorder::make_tap().
class recording_tap final : public client::exchange_tap {
public:
  /// `shown`: the requests to each target as they may be kept; empty: as they are.
  recording_tap(recording_lane& lane, const std::vector<client::request_template>& shown)
      : lane_(lane),
        shown_(shown) {}

  void on_request(const metrics::request_record& record, std::string_view request) override;
  void on_read(std::string_view bytes, const net::arrival& when, std::optional<client::decode_lag> lag) override;
  void on_end(const net::exchange_result& result, metrics::cause cancelled_for, bool concluded,
              std::optional<client::decode_lag> lag) override;

private:
  recording_lane& lane_;
  const std::vector<client::request_template>& shown_;
  recording_lane::begun current_;
  std::uint64_t missing_bytes_ = 0; // of the current exchange
};

/// Writes raw/exchanges.bin from a thread of its own, twice a second or more. The threads that receive leave one copy
/// of each read with their worker's lane and never wait for the disk: where it cannot keep up, what is beyond the
/// memory limit is left out, and counted. What has been in the file for a second survives a kill -9 of this process.
///
/// Thread-safety: taps as said at client::exchange_tap; all else from one thread at a time. Lifetime: longer than its
/// taps.
class exchange_recorder {
public:
  /// Creates `file`, which must not exist, to be read by its owner alone. `shown` as for a recording_tap;
  /// `memory_limit` holds for all workers together. Errors: io.
  [[nodiscard]] static result<std::unique_ptr<exchange_recorder>>
  create(const std::filesystem::path& file, const recording_info& info, std::uint16_t workers,
         std::vector<client::request_template> shown, std::size_t memory_limit);

  exchange_recorder(const exchange_recorder&) = delete;
  exchange_recorder& operator=(const exchange_recorder&) = delete;
  ~exchange_recorder();

  [[nodiscard]] std::unique_ptr<recording_tap> make_tap(std::uint16_t worker);

  /// All exchanges that begin from now on belong to `phase`; none is under way.
  void begin_phase(const recorded_phase& phase);

  /// Ends the file. None is under way, and no more come.
  void end();

  /// Whole once end() was called.
  [[nodiscard]] recording_totals totals() const;

  /// Of the file, in bytes.
  [[nodiscard]] std::uint64_t size() const;

  /// The first failure to write, behind which nothing is kept.
  [[nodiscard]] std::optional<error> failure() const;

private:
  exchange_recorder(metrics::append_file file, instant epoch, std::uint16_t workers,
                    std::vector<client::request_template> shown, std::size_t memory_limit);

  void pass();
  void write_lanes(bool all);                 // with writing_ held
  void write(const std::string& whole_block); // with writing_ held

  const instant epoch_;
  const std::vector<client::request_template> shown_;
  std::vector<std::unique_ptr<recording_lane>> lanes_; // one a worker

  mutable std::mutex writing_;
  metrics::append_file file_;
  std::optional<error> failure_;
  instant flush_due_;
  bool ended_ = false;
  std::optional<periodic_thread> thread_;
};

} // namespace loadgen::recording
