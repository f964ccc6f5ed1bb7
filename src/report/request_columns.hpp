#pragma once

#include "report/columns.hpp"

#include <loadgen/metrics/recorded_run.hpp>

#include <span>

namespace loadgen::report {

/// A request as a row.
struct request_row {
  const metrics::level_info& level;
  instant epoch; ///< instants are shown from here on
  const metrics::request_record& record;
};

/// One content event of a request as a row.
struct token_row {
  const metrics::level_info& level;
  instant epoch;
  const metrics::request_record& record;
  std::size_t chunk; ///< which of record.chunks
};

/// The columns of raw/requests.csv and raw/requests.parquet. A further column of both is one more entry.
[[nodiscard]] std::span<const table_column<request_row>> request_columns() noexcept;

/// The columns of raw/tokens.parquet.
[[nodiscard]] std::span<const table_column<token_row>> token_columns() noexcept;

} // namespace loadgen::report
