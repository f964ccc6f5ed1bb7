#pragma once

#include "settings.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/calibrate/calibration.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace loadgen::cli {

/// Where `calibrate` saves and `run` looks: loadgen/calibration.json in $XDG_STATE_HOME, or in ~/.local/state. Nothing
/// where the environment names neither.
[[nodiscard]] std::optional<std::filesystem::path> default_calibration_file(const environment& variables);

/// This machine as a calibration knows it.
[[nodiscard]] calibrate::machine_identity this_machine();

/// The calibration that a run goes by.
struct chosen_calibration {
  std::filesystem::path file;                         ///< empty: none
  std::optional<calibrate::saved_calibration> values; ///< set where there is a file
  std::string note; ///< why one that is there is not gone by, one line; empty where there is nothing to tell

  /// What the manifest keeps of it: null where there is none. The machine's name is not in it.
  [[nodiscard]] boost::json::value to_json() const;
};

/// Chooses by `--calibration`: a file, "none", or where it is unset the default file if it is there. One of another
/// machine is not gone by. Errors, of a file that was named: io, invalid_input where it is no calibration.
[[nodiscard]] result<chosen_calibration> choose_calibration(const setting& asked, const environment& variables);

} // namespace loadgen::cli
