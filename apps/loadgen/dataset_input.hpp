#pragma once

#include "settings.hpp"
#include "value_reader.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <cstdint>
#include <string_view>

namespace loadgen::cli {

/// What the dataset_rows ask for.
[[nodiscard]] workload::dataset_reading read_dataset_reading(const settings& from, value_reader& read,
                                                             std::uint64_t seed);

/// The dataset of that name: FILE or builtin:NAME.
[[nodiscard]] result<workload::dataset> open_dataset(std::string_view name, const workload::dataset_reading& how);

/// The first of the dataset_rows that was typed, or "".
[[nodiscard]] std::string_view given_dataset_row(const settings& from);

} // namespace loadgen::cli
