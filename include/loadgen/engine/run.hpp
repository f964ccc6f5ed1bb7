#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/engine/run_observer.hpp>
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

/// Sends a plan to a server and records what came back.
namespace loadgen::engine {

/// How requests are carried. Durations: zero means no limit.
struct client_settings {
  std::vector<target> targets; ///< at least one; round robin by plan index
  /// Two targets that are compared: of each two requests that follow each other one goes to each, both orders equally
  /// often, drawn from this seed. Give the plan's requests two copies each, and both get the same. Unset: round robin.
  std::optional<std::uint64_t> pair_seed;
  std::vector<std::pair<std::string, std::string>> headers; ///< added to every request, in order
  std::string api_key;                                ///< sent as `Authorization: Bearer`; never recorded; empty: none
  duration timeout{};                                 ///< of a whole request, from released
  duration stall_timeout = std::chrono::seconds{300}; ///< silence between bytes, the wait for the first included
  duration connect_timeout = std::chrono::seconds{5}; ///< of one connect over all addresses of its target, TLS included
  /// Further attempts after a failure; none follows a limit of the request that was reached, or an interrupt.
  std::uint32_t retries = 0;
  bool kernel_timestamps = true; ///< false: user-space stamps only, for comparison

  std::filesystem::path ca_file;  ///< PEM certificates to trust for https instead of the system's; empty: the system's
  bool insecure = false;          ///< https without looking at certificates
  bool fresh_connections = false; ///< a connection for each request, instead of keeping them
};

/// What a request of an open loop does where as many are in flight as the cap allows.
enum class cap_policy : std::uint8_t {
  wait, ///< goes out when another has ended; its wait counts in the planned latencies, not as the client's lateness
  drop, ///< never goes out, and is counted as dropped
};

/// The load of one level of the sweep: a closed loop, or an open one where the plan's level has offsets.
struct level_load {
  std::uint32_t concurrency = 1; ///< closed loop: requests in flight at once; at least 1. An open loop has none
  duration stagger{};            ///< closed loop: each phase gets to that concurrency evenly in so long; zero: at once
  std::optional<double> rate{};  ///< open loop, for the reports: the requests/s that the offsets were drawn for
  std::optional<std::uint32_t> max_concurrency{}; ///< open loop: cap on requests in flight, at least 1; unset: none
  cap_policy on_cap = cap_policy::wait;           ///< what happens at max_concurrency; without one it has no effect
  duration drain = std::chrono::seconds{30}; ///< duration mode: how long requests may go on after issuing has stopped
};

/// Warm-up before each level and trial: so many requests or so long; in no figure. With both at zero there is none. The
/// measured phase begins when the last warm-up request has ended, however long that takes.
struct warmup_settings {
  /// Closed loop without `time`: how many are sent. An open loop sends those of the plan's warmup_offsets instead.
  std::uint64_t requests = 0;
  duration time{}; ///< issuing stops so long after the start of the warm-up; zero: no limit in time
};

/// A run as it stands, for a display. Counts are of the phase that runs: warm-up or measured.
struct progress {
  std::uint32_t level = 0;                  ///< place in the sweep, from 0
  std::uint32_t levels = 0;                 ///< levels and trials in all; 0: decided while the run goes
  std::uint32_t trial = 1;                  ///< repetition of that level, from 1
  std::optional<std::uint32_t> concurrency; ///< closed loop
  std::optional<double> rate;               ///< open loop, requests/s; unset where level_load names none
  bool warming_up = false;                  ///< false: the measured phase, its drain included
  std::uint64_t planned = 0;                ///< 0: as many as the time allows
  std::uint64_t issued = 0;                 ///< begun so far; less the next three, it is what is in flight
  std::uint64_t completed = 0;              ///< ended as outcome::completed
  std::uint64_t failed = 0;                 ///< ended as outcome::failed, after all their retries
  std::uint64_t cancelled = 0;              ///< ended as outcome::cancelled
  std::uint64_t dropped = 0;                ///< never issued for the cap (cap_policy::drop); not among the issued ones
  std::uint64_t content_events = 0;         ///< since the run began
  duration elapsed{};                       ///< since the phase began
};

class live_statistics;

/// What is kept of a run beside its records. Files must not exist; both are for their owner's eyes alone (mode 0600).
struct keeping_settings {
  std::filesystem::path exchanges; ///< every byte sent and received (docs/recording.md); empty: not kept
  std::filesystem::path texts;     ///< what was answered, a line of JSON a request (docs/outputs.md); empty: not kept
  /// Bytes of each that may wait in memory for the disk; what comes beyond is left out, and counted.
  std::size_t memory_limit = 64U * 1024U * 1024U;
};

/// Everything of a run that is not the plan.
struct run_settings {
  client_settings client;        ///< where and how to send; needs at least one target
  std::vector<level_load> loads; ///< one for each of the plan's levels
  warmup_settings warmup;        ///< the same before each of them
  keeping_settings keep;         ///< the bytes, the answers: by default neither
  /// Connections that must be possible for levels that are yet to be chosen; 0: the plan's own levels say how many.
  std::uint32_t most_connections = 0;
  duration settle{}; ///< pause between one level or trial and the next; at least zero
  std::uint32_t threads =
      1; ///< workers, each of two threads; 1 to 1024. They share the plan: the requests stay the same
  duration interrupt_grace = std::chrono::seconds{5}; ///< after an interrupt, how long in-flight requests may finish
  bool handle_signals = true; ///< SIGINT and SIGTERM end the run early; a second one cuts the grace short
  /// Called every progress_interval by the thread that called run(); empty: never. Signals and the end of the drain
  /// wait while it runs, so it should be quick; it must not throw.
  std::function<void(const progress&)> on_progress;
  /// Shows the run while it goes, to any thread (loadgen/engine/live_statistics.hpp). Null: nobody looks. It must live
  /// until run() has returned.
  live_statistics* live = nullptr;
  /// Above zero, also without on_progress: so long it takes at most to notice that the records cannot be written.
  duration progress_interval = std::chrono::seconds{2};
  run_observer* observer = nullptr; ///< hears of levels and records; null: nobody. Must live until run() has returned
};

/// What a server answered before the run.
struct probe_result {
  std::vector<target> targets;     ///< those asked, with their addresses: looked up once, the one that accepted first
  std::vector<std::string> models; ///< of GET /v1/models; empty where it was not asked or told none
};

/// What a server turned out to speak.
struct found_endpoint {
  endpoint_kind endpoint = endpoint_kind::chat; ///< what it is asked by
  std::string page;                             ///< the path whose answer told so: "/v1/models"
};

/// Asks the first target, page by page, what it speaks: GETs alone. Blocks, at most 10 s a page. Errors: as probe();
/// invalid_input where no page told.
[[nodiscard]] result<found_endpoint> find_endpoint(const client_settings& settings);

/// Looks the targets' names up, opens one connection to each, and asks the first for its models where wanted. Blocks.
/// Errors: unreachable where a name has no address or no connection could be opened, invalid_input where one of a
/// target's `addresses` is none or for the CA file. A server without a list of models is no error. Thread-safety: safe.
/// Cancellation: none, but each connect ends after connect_timeout (75 s where that is zero) and the list after 10 s.
[[nodiscard]] result<probe_result> probe(const client_settings& settings, bool list_models);

/// How a run ended.
struct run_outcome {
  bool complete = false;  ///< all of the plan was issued and ended
  int interrupted_by = 0; ///< SIGINT or SIGTERM; 0: neither
  /// What was to be kept beside the records could not be written; the run went on without.
  std::optional<error> keeping_failure{};
};

/// SHA-256 over the bytes of a plan's measured requests as they go to `settings`' targets, those of each level in the
/// order of their places that is given; secrets count by a stand-in. Errors: invalid_input for a header that HTTP
/// cannot carry.
[[nodiscard]] result<std::string> wire_sha256(const client_settings& settings, const workload::plan& plan,
                                              const std::vector<std::vector<std::uint64_t>>& order);

/// Sends the plan and writes raw/records.bin (`records_file`, which must not exist) as it goes. Blocks until the run
/// has ended, drained and been written. Failures of requests are in the records.
///
/// Errors: invalid_input for settings that do not fit the plan or a header that HTTP cannot carry, resource_limit where
/// the descriptor limit is too low for the concurrency and cannot be raised, unreachable where a target's name has no
/// address, io where the dataset can no longer be read, or where the records cannot be written (no request is issued
/// any more, what is in flight has interrupt_grace to end, what can be written stays, and the message accounts for
/// every request). Thread-safety: one run with handle_signals at a time in a process. Lifetime: all arguments are only
/// read, and not after it has returned. Cancellation: the signals.
[[nodiscard]] result<run_outcome> run(const run_settings& settings, const workload::plan& plan,
                                      const metrics::run_info& info, const std::filesystem::path& records_file);

/// A level that was decided on while the run goes.
struct chosen_level {
  workload::level_settings planned; ///< what to send, and when
  level_load load;                  ///< under which load
};

/// Decides on the next level when one has run to its end, from its records: in the order in which its requests ended,
/// warm-up requests among them. Nothing ends the run; so does an error. Called by the thread that called
/// run_adaptive(), while nothing is in flight: the time that it takes passes between two levels. It must not throw.
using level_chooser = std::function<result<std::optional<chosen_level>>(const metrics::recorded_level& ended)>;

/// As run(), with a plan that grows: behind its last level `choose` is asked for one more, again and again. The
/// workload's hashes are of all levels that were chosen, in their order. An interrupt ends the run without asking, and
/// so does a level that was cut short.
///
/// Errors: those of run(); those of `choose`; invalid_input or resource_limit for a level that it chose. What was
/// measured before stays in the file, as an incomplete run. Thread-safety, lifetime and cancellation: as of run().
[[nodiscard]] result<run_outcome> run_adaptive(const run_settings& settings, const workload::plan& plan,
                                               const level_chooser& choose, const metrics::run_info& info,
                                               const std::filesystem::path& records_file);

} // namespace loadgen::engine
