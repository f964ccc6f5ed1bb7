#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/calibrate/sweep.hpp>
#include <loadgen/calibrate/timer.hpp>
#include <loadgen/metrics/calibrated_range.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::calibrate {

/// What must be as it was for a calibration to hold.
struct machine_identity {
  std::string hostname;         ///< as the system tells it
  std::string processor;        ///< "Intel(R) Xeon(R) Processor @ 2.50GHz"; "" where the system does not tell
  std::uint32_t processors = 0; ///< that are online
  std::string kernel;           ///< "Linux 6.1.0-18-amd64 x86_64"
  std::string loadgen;          ///< version of the program
};

/// The first thing in which `now` differs from `then`: "its kernel was A and is B"; "" where nothing does.
[[nodiscard]] std::string difference(const machine_identity& then, const machine_identity& now);

/// Soft and hard limit on the descriptors of a process; unset: none.
struct descriptor_limits {
  std::optional<std::uint64_t> soft; ///< what the process may have now
  std::optional<std::uint64_t> hard; ///< what it may raise that to
};

/// All that `loadgen calibrate` found.
struct calibration {
  machine_identity machine;      ///< where it was measured
  std::string measured;          ///< when, UTC: "2026-07-22T13:15:02Z"
  boost::json::object system;    ///< further facts of the machine, for readers
  std::uint32_t threads = 1;     ///< workers of the client
  bool own_cores = false;        ///< the server had a core and the client the others; false: they shared the only one
  timer_lateness timer;          ///< of a thread on the client's cores
  duration clock_step{};         ///< as measure_clock_step() has it
  descriptor_limits descriptors; ///< of the client
  std::optional<double> others_cores; ///< that other programs had meanwhile, on average; unset where not known
  sweep_reading by_token_rate;        ///< of rising_token_rates()
  sweep_reading by_streams;           ///< of rising_streams()

  /// Whether every token of every level had a kernel stamp.
  [[nodiscard]] bool kernel_stamps() const;

  /// For each error limit the load up to which it held.
  [[nodiscard]] std::vector<metrics::calibrated_range> ranges() const {
    return ranges_of(by_token_rate.levels, by_streams.levels);
  }
};

/// The calibration file (schema "loadgen.calibration/1", docs/calibration.md).
[[nodiscard]] boost::json::object to_json(const calibration& found);

/// For a terminal: a table of the levels, the ranges, timer, stamps and limits. Plain text of at most 100 columns,
/// ending in a newline.
[[nodiscard]] std::string console_report(const calibration& found);

/// One level on one line, without its end: what is shown when it has been measured.
[[nodiscard]] std::string progress_line(const level_reading& level);

/// What a run needs of a calibration file.
struct saved_calibration {
  machine_identity machine;                      ///< where it was measured
  std::string measured;                          ///< when, UTC: "2026-07-22T13:15:02Z"
  std::vector<metrics::calibrated_range> ranges; ///< for each error limit the load up to which it held
};

/// Reads the text of a calibration file. Errors: invalid_input where it is none, or of another schema.
[[nodiscard]] result<saved_calibration> parse_calibration(std::string_view text);

} // namespace loadgen::calibrate
