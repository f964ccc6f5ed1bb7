#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/engine/target.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::engine {

/// How requests are carried. Durations: zero means no limit.
struct client_settings {
  std::vector<target> targets;                              ///< at least one; round robin by plan index
  std::vector<std::pair<std::string, std::string>> headers; ///< added to every request, in order
  std::string api_key;                                ///< sent as `Authorization: Bearer`; never recorded; empty: none
  duration timeout{};                                 ///< of a whole request, from released
  duration stall_timeout = std::chrono::seconds{300}; ///< silence between bytes, the wait for the first included
  duration connect_timeout = std::chrono::seconds{5}; ///< of one connect over all addresses of its target, TLS included
  std::uint32_t retries = 0;                          ///< further attempts after a failure
  bool kernel_timestamps = true;                      ///< false: user-space stamps only, for comparison

  std::filesystem::path ca_file;  ///< PEM certificates to trust for https instead of the system's; empty: the system's
  bool insecure = false;          ///< https without looking at certificates
  bool fresh_connections = false; ///< a connection for each request, instead of keeping them
};

/// The load of one level of the sweep.
struct level_load {
  std::uint32_t concurrency = 1; ///< closed loop: requests in flight at once; at least 1
};

/// Warm-up before each level: so many requests or so long, whichever is set; in no figure.
struct warmup_settings {
  std::uint64_t requests = 0;
  duration time{};
};

/// A run as it stands, for a display. Counts are of the phase that runs: warm-up or measured.
struct progress {
  std::uint32_t level = 0;  ///< place in the sweep, from 0
  std::uint32_t levels = 0; ///< levels and trials in all
  std::uint32_t trial = 1;
  std::optional<std::uint32_t> concurrency;
  bool warming_up = false;
  std::uint64_t planned = 0; ///< 0: as many as the time allows
  std::uint64_t issued = 0, completed = 0, failed = 0, cancelled = 0;
  std::uint64_t content_events = 0; ///< since the run began
  duration elapsed{};               ///< since the phase began
};

/// Everything of a run that is not the plan.
struct run_settings {
  client_settings client;
  std::vector<level_load> loads; ///< one for each of the plan's levels
  warmup_settings warmup;
  duration interrupt_grace = std::chrono::seconds{5}; ///< after an interrupt, how long in-flight requests may finish
  bool handle_signals = true; ///< SIGINT and SIGTERM end the run early; a second one cuts the grace short
  std::function<void(const progress&)> on_progress; ///< called every progress_interval by the thread that called run()
  duration progress_interval = std::chrono::seconds{2};
};

/// What a server answered before the run.
struct probe_result {
  std::vector<target> targets;     ///< those asked, with their addresses: looked up once, the one that accepted first
  std::vector<std::string> models; ///< of GET /v1/models; empty where it was not asked or told none
};

/// Looks the targets' names up, opens one connection to each, and asks the first for its models where wanted. Blocks.
/// Errors: unreachable where a name has no address or no connection could be opened, invalid_input for the CA file.
[[nodiscard]] result<probe_result> probe(const client_settings& settings, bool list_models);

/// How a run ended.
struct run_outcome {
  bool complete = false;  ///< all of the plan was issued and ended
  int interrupted_by = 0; ///< SIGINT or SIGTERM; 0: neither
};

/// Sends the plan and writes raw/records.bin (`records_file`, which must not exist) as it goes. Blocks until the run
/// has ended, drained and been written. Failures of requests are in the records.
///
/// Errors: invalid_input for settings that do not fit the plan, resource_limit where the descriptor limit is too low
/// for the concurrency and cannot be raised, unreachable where a target's name has no address, io where the records
/// cannot be written (what was written before stays). Thread-safety: one run with handle_signals at a time in a
/// process. Cancellation: the signals.
[[nodiscard]] result<run_outcome> run(const run_settings& settings, const workload::plan& plan,
                                      const metrics::run_info& info, const std::filesystem::path& records_file);

} // namespace loadgen::engine
