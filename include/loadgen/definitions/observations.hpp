#pragma once

#include <loadgen/definitions/figures.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace loadgen::definitions {

/// One measured request as a tool sees it. Latencies in milliseconds, unset where its rules give the request none.
struct observation {
  const metrics::request_record* record = nullptr; ///< what it is of; lives as long as the level
  bool succeeded = false;                          ///< the tool takes it for a success; else all below is empty
  std::optional<instant> start;      ///< when the tool's clock starts; also of a failure that was released
  std::optional<instant> end;        ///< when it stops
  std::vector<instant> token_events; ///< arrivals that the tool takes for tokens, in order
  std::uint64_t output_tokens = 0;   ///< by its count
  std::optional<double> ttft_ms;     ///< time to first token
  std::optional<double> tpot_ms;     ///< time per output token
  std::optional<double> mean_itl_ms; ///< one figure for its token gaps, where the tool has such a one
  std::optional<double> e2e_ms;      ///< the whole request
  bool met_slo = false;              ///< it met every objective of the run, by the tool's figures
};

/// The measured requests of one level and trial as `which` sees them, in plan order; those that were cancelled are left
/// out, as they are in recompute(), whose figures are made of the same. Pure. The level must outlive what is returned.
[[nodiscard]] std::vector<observation> observe_level(tool which, const metrics::recorded_level& level,
                                                     const run_facts& facts);

} // namespace loadgen::definitions
