#pragma once

#include "net/connection.hpp"

#include <loadgen/metrics/record.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace loadgen::client {

/// How long after its arrival a read had been decoded, as a chunk_stamp keeps it.
using decode_lag = std::chrono::duration<std::uint32_t, std::nano>;

/// Sees the bytes of one exchange after another, as they go over the wire (with TLS: before and behind it).
class exchange_tap {
public:
  /// These bytes are about to be written for `record`, whose `retries` says for which attempt. Worker's thread.
  virtual void on_request(const metrics::request_record& record, std::string_view request) = 0;

  /// All that one read brought; `lag` is set where content was in it. The thread that reads, behind the decoding.
  virtual void on_read(std::string_view bytes, const net::arrival& when, std::optional<decode_lag> lag) = 0;

  /// The exchange has ended; `lag` is set where content was only then known to be complete. Not `concluded`: its
  /// connection was found closed before anything was sent, and the same attempt goes on with another. Worker's thread.
  virtual void on_end(const net::exchange_result& result, metrics::cause cancelled_for, bool concluded,
                      std::optional<decode_lag> lag) = 0;

protected:
  ~exchange_tap() = default;
};

} // namespace loadgen::client
