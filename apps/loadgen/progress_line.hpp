#pragma once

#include <loadgen/engine/run.hpp>

#include <string>

namespace loadgen::cli {

/// One line, without its end, that says how far a run is.
[[nodiscard]] std::string progress_line(const engine::progress& now);

} // namespace loadgen::cli
