#pragma once

#include "client/exchange.hpp"
#include "net/connector.hpp"

#include <loadgen/engine/run.hpp>

namespace loadgen::engine {

/// How connections are opened: the whole request's timeout bounds its connect too.
[[nodiscard]] net::connector::settings connector_settings(const client_settings& settings);

[[nodiscard]] client::exchange_limits exchange_limits(const client_settings& settings);

/// How often limits are looked after: often enough that one is exceeded by a fiftieth at most, seldom enough to cost
/// nothing. Nothing where there are no limits.
[[nodiscard]] std::optional<duration> limits_interval(const client_settings& settings);

} // namespace loadgen::engine
