#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdint>

namespace loadgen::engine {

/// Errors: invalid_input where the load does not fit the level.
[[nodiscard]] result<void> validate(const level_load& load, const workload::level_settings& level);

/// How many connections a level must be able to have. An open loop without a cap takes what the system gives it.
[[nodiscard]] std::uint32_t connections_of(const level_load& load, const workload::level_settings& level) noexcept;

} // namespace loadgen::engine
