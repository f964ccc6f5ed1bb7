#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/calibrate/level.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace loadgen::cli {

/// What all levels of a calibration share.
struct level_setup {
  std::filesystem::path scratch;      ///< a folder for the files of a level, removed when it has been measured
  std::uint32_t threads = 1;          ///< workers of the client
  std::optional<int> server_core;     ///< the reference server's own; unset: it may use any
  std::optional<std::uint64_t> files; ///< hard limit on descriptors; unset: none
};

/// Measures one level: a reference server of its own, the client's engine in this process, and what the two say.
/// Errors: resource_limit where the level needs more descriptors than allowed; unreachable where the server does not
/// come up; io. Where it was interrupted (see interrupt_watch) what it gives is of no use.
[[nodiscard]] result<calibrate::level_reading> measure_level(const level_setup& setup,
                                                             const calibrate::offered_load& offered);

/// While it lives, SIGINT and SIGTERM end the level that is being measured, and are remembered. One at a time.
class interrupt_watch {
public:
  interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;
  ~interrupt_watch();

  /// The signal that came; 0: none.
  [[nodiscard]] int signal() const noexcept;
};

} // namespace loadgen::cli
