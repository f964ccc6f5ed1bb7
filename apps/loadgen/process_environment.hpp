#pragma once

#include "settings.hpp"

#include <cstdlib>

namespace loadgen::cli {

/// The environment this program was started with.
[[nodiscard]] inline std::optional<std::string> process_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>{value} : std::nullopt;
}

} // namespace loadgen::cli
