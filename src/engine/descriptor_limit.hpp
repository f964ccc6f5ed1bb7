#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>

namespace loadgen::engine {

/// Makes room for `connections` open connections beside the files the process has open. Errors: resource_limit with the
/// command that raises the limit.
[[nodiscard]] result<void> allow_connections(std::uint64_t connections);

} // namespace loadgen::engine
