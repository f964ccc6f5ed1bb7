#include "engine/level_checks.hpp"

namespace loadgen::engine {

result<void> validate(const level_load& load, const workload::level_settings& level) {
  if (!level.open_loop() && load.concurrency == 0)
    return invalid_input("a concurrency of 0 would send nothing; expected at least 1");
  if (load.max_concurrency == 0U) return invalid_input("a cap of 0 would send nothing; expected at least 1");
  if (!level.open_loop() && load.max_concurrency)
    return invalid_input("a cap on requests in flight is for an open loop; a closed one has its concurrency");
  if (load.stagger < duration::zero()) return invalid_input("the stagger is below 0");
  if (level.open_loop() && load.stagger > duration::zero())
    return invalid_input("a stagger is for a closed loop; the requests of an open one have their moments");
  if (load.drain < duration::zero()) return invalid_input("the drain time is below 0");
  return {};
}

std::uint32_t connections_of(const level_load& load, const workload::level_settings& level) noexcept {
  return level.open_loop() ? load.max_concurrency.value_or(1) : load.concurrency;
}

} // namespace loadgen::engine
