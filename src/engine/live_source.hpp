#pragma once

#include <loadgen/engine/live_statistics.hpp>

namespace loadgen::engine {

/// What live_statistics asks while a run goes. Any thread.
class live_source {
public:
  [[nodiscard]] virtual live_snapshot snapshot() const = 0;

protected:
  ~live_source() = default;
};

/// Has live_statistics ask `source` for as long as this lives; then it keeps the last snapshot. `shown` may be null.
class live_attachment {
public:
  live_attachment(live_statistics* shown, const live_source& source);
  live_attachment(const live_attachment&) = delete;
  live_attachment& operator=(const live_attachment&) = delete;
  ~live_attachment();

private:
  live_statistics* shown_;
};

} // namespace loadgen::engine
