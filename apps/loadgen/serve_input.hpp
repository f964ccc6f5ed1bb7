#pragma once

#include "settings.hpp"

#include <loadgen/serve/reference_server.hpp>

namespace loadgen::cli {

/// The settings of `serve` in the library's terms. Errors: invalid_input, one line, beginning with the setting.
[[nodiscard]] result<serve::server_settings> read_serve_input(const settings& from);

} // namespace loadgen::cli
