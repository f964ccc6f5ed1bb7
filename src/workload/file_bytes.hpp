#pragma once

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string>

namespace loadgen::workload {

/// All bytes of a file. Errors: io, with the system's reason.
[[nodiscard]] result<std::string> read_bytes(const std::filesystem::path& path);

} // namespace loadgen::workload
