#pragma once

#include "run_input.hpp"
#include "settings.hpp"
#include "value_reader.hpp"

#include <loadgen/workload/schedule.hpp>

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace loadgen::cli {

/// Measured requests of a level for which neither a number nor a time was asked: of a closed loop, or with a
/// concurrency of 1 of an open one.
[[nodiscard]] std::uint64_t requests_by_default(const load_terms& terms, std::uint32_t concurrency = 1);

/// Refuses what is given of `options` beside `option`, which says it itself.
void refuse_beside(std::string_view option, std::initializer_list<std::string_view> options, const settings& from,
                   value_reader& read);

/// What closed loops have in common; refuses what is for open ones.
[[nodiscard]] engine::level_load read_closed_load(const settings& from, value_reader& read);

/// What open loops have in common, whatever their arrivals come from; refuses what is for closed ones.
[[nodiscard]] engine::level_load read_open_load(const settings& from, value_reader& read);

[[nodiscard]] workload::arrival_settings read_arrival(const settings& from, value_reader& read);

/// Each level and trial has arrivals of its own, and so has its warm-up.
[[nodiscard]] random_stream arrival_draws(const run_input& input, std::string_view dimension, std::uint32_t level,
                                          std::uint32_t trial);

/// A level whose arrivals are given: those of its warm-up are of the same process at the same mean rate.
[[nodiscard]] result<workload::level_settings>
make_level(const run_input& input, const workload::arrival_settings& arrivals, const load_terms& terms,
           result<std::vector<duration>> offsets, std::uint32_t level, std::uint32_t trial);

/// A level of an open loop at a steady rate.
[[nodiscard]] result<workload::level_settings> draw_level(const run_input& input,
                                                          const workload::arrival_settings& arrivals,
                                                          const load_terms& terms, std::uint32_t level,
                                                          std::uint32_t trial);

} // namespace loadgen::cli
