#pragma once

#include "settings.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>

namespace loadgen::cli {

/// The program gnuplot on the PATH. Errors: invalid_input, with what to install, where there is none.
[[nodiscard]] result<std::filesystem::path> find_gnuplot(const environment& variables);

/// Has `gnuplot` run a script in the script's folder, and waits for it. Errors: io, with what gnuplot said.
[[nodiscard]] result<void> run_gnuplot(const std::filesystem::path& gnuplot, const std::filesystem::path& script);

} // namespace loadgen::cli
