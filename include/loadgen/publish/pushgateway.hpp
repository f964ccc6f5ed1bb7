#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/summary.hpp>
#include <loadgen/publish/run_labels.hpp>
#include <loadgen/publish/service.hpp>

#include <memory>
#include <string>

namespace loadgen::publish {

/// Where the figures of a run's levels are pushed: a Prometheus Pushgateway. Each level and trial is a group of its
/// own,
/// `/metrics/job/loadgen/run_id/ID/level/N/trial/K`, which a further push of the same replaces.
///
/// Thread-safety: one thread at a time.
class pushgateway {
public:
  /// Speaks to nobody. Errors: invalid_input for the URL, the CA file and an authorization that HTTP cannot carry.
  [[nodiscard]] static result<pushgateway> create(const service_settings& where);

  /// What was moved from may only be destroyed or assigned to.
  pushgateway(pushgateway&&) noexcept;
  /// Lets go of what it was.
  pushgateway& operator=(pushgateway&&) noexcept;
  ~pushgateway();

  /// Pushes the figures of one level (level_families) and what is known of its run. Blocks, for at most ten seconds and
  /// a name's look-up. Errors: unreachable where the gateway could not be reached or did not take it, in its own words.
  [[nodiscard]] result<void> push(const run_labels& run, const metrics::level_summary& level) const;

  /// The URL without a slash at its end.
  [[nodiscard]] std::string url() const;

private:
  struct state;
  explicit pushgateway(std::unique_ptr<state> made) noexcept;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::publish
