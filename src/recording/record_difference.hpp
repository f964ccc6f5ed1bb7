#pragma once

#include <loadgen/metrics/record.hpp>

#include <optional>
#include <string>

namespace loadgen::recording {

/// The first field of those that come from bytes in which the two differ: its name and both values. Nothing where they
/// are equal.
[[nodiscard]] std::optional<std::string> difference(const metrics::request_record& from_bytes,
                                                    const metrics::request_record& on_record);

} // namespace loadgen::recording
