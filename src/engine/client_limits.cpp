#include "engine/client_limits.hpp"

#include <algorithm>

namespace loadgen::engine {

using namespace std::chrono_literals;

net::connector::settings connector_settings(const client_settings& settings) {
  duration limit = settings.connect_timeout;
  const bool tighter = settings.timeout > duration::zero() && (limit == duration::zero() || settings.timeout < limit);
  if (tighter) limit = settings.timeout;
  net::connector::settings chosen;
  chosen.timeout = limit;
  chosen.kernel_stamps = settings.kernel_timestamps;
  return chosen;
}

client::exchange_limits exchange_limits(const client_settings& settings) {
  return {settings.timeout, settings.stall_timeout, settings.retries};
}

std::optional<duration> limits_interval(const client_settings& settings) {
  duration shortest = duration::max();
  for (const duration limit : {settings.timeout, settings.stall_timeout})
    if (limit > duration::zero()) shortest = std::min(shortest, limit);
  if (shortest == duration::max()) return std::nullopt;
  return std::clamp<duration>(shortest / 50, 2ms, 250ms);
}

} // namespace loadgen::engine
