#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace loadgen::engine {

/// Which of a run's targets each request goes to, by its place in the plan alone, whichever worker sends it.
/// Thread-safety: safe.
class target_chooser {
public:
  /// `targets` is at least 1, and 2 where there is a `pair_seed` (see client_settings).
  target_chooser(std::size_t targets, std::optional<std::uint64_t> pair_seed) noexcept
      : targets_(targets),
        pair_seed_(pair_seed) {}

  [[nodiscard]] std::size_t of(std::uint64_t index) const noexcept;

private:
  std::size_t targets_;
  std::optional<std::uint64_t> pair_seed_;
};

} // namespace loadgen::engine
