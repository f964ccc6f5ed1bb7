#pragma once

#include "settings.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>

namespace loadgen::cli {

/// Whether --export and the options that go with it make sense together. Errors: invalid_input, beginning with the
/// option.
[[nodiscard]] result<void> check_export(const settings& from);

/// Does what --export asks for; nothing where it is not set. All samples of the run are read, whether it was bounded or
/// not. Errors: invalid_input, where --level names none; those of report::load_run; io.
[[nodiscard]] result<void> write_export(const settings& from, const std::filesystem::path& run_folder);

} // namespace loadgen::cli
