#pragma once

#include <loadgen/base/time.hpp>

#include <optional>

namespace loadgen::cli {

/// How much of this machine's processors went to others than this process and its children that have ended, hypervisor
/// included, since the object was made. The kernel counts in ticks of some milliseconds, so ask for seconds.
class other_programs {
public:
  other_programs();

  /// Cores on average; unset where the system does not tell.
  [[nodiscard]] std::optional<double> cores() const;

private:
  std::optional<duration> others_; ///< CPU time of all but us, since the machine was started
  instant from_;
};

} // namespace loadgen::cli
