#pragma once

#include "definitions/rules.hpp"

#include <loadgen/metrics/record.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace loadgen::definitions {

/// One successful request as a tool would have seen it.
struct observed_request {
  instant start;
  instant end;
  std::vector<instant> token_events; ///< arrivals of the events that the tool takes for tokens, in order
  std::uint64_t tokens = 0;          ///< its output tokens, by the tool's count

  [[nodiscard]] bool empty() const noexcept { return token_events.empty(); }
};

/// When the tool's clock of the request starts; unset where the request was not even released.
[[nodiscard]] std::optional<instant> started(const metrics::request_record& record, start_point rule) noexcept;

/// What the tool sees of the request; nothing where it takes it for a failure.
[[nodiscard]] std::optional<observed_request> observe(const metrics::request_record& record, const rules& by,
                                                      bool completions);

} // namespace loadgen::definitions
