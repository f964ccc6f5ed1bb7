#include "base/sha256.hpp"
#include "engine/conductor.hpp"
#include "engine/descriptor_limit.hpp"
#include "engine/servers.hpp"
#include "engine/target_chooser.hpp"
#include "metrics/record_writer.hpp"

#include <loadgen/engine/live_statistics.hpp>
#include <loadgen/engine/run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace loadgen::engine {

namespace {

constexpr std::uint32_t most_threads = 1024;

// How many connections must be possible. An open loop without a cap takes what the system gives it.
std::uint32_t highest_concurrency(const run_settings& settings, const workload::plan& plan) {
  std::uint32_t highest = 0;
  for (std::size_t i = 0; i < settings.loads.size(); ++i) {
    const level_load& load = settings.loads[i];
    highest = std::max(highest, plan.levels()[i].open_loop() ? load.max_concurrency.value_or(1) : load.concurrency);
  }
  return highest;
}

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

result<void> validate(const run_settings& settings, const workload::plan& plan) {
  if (settings.client.targets.empty()) return invalid_input("a run needs at least one target");
  if (settings.client.pair_seed && settings.client.targets.size() != 2)
    return invalid_input(fmt::format("{} targets to compare; expected 2", settings.client.targets.size()));
  if (settings.loads.size() != plan.levels().size())
    return invalid_input(
        fmt::format("the plan has {} levels and {} loads are given", plan.levels().size(), settings.loads.size()));
  for (std::size_t i = 0; i < settings.loads.size(); ++i)
    if (auto valid = validate(settings.loads[i], plan.levels()[i]); valid.has_error()) return valid;
  if (settings.threads == 0 || settings.threads > most_threads)
    return invalid_input(fmt::format("{} worker threads; expected 1 to {}", settings.threads, most_threads));
  if (settings.settle < duration::zero()) return invalid_input("the pause between levels is below 0");
  if (settings.progress_interval <= duration::zero()) return invalid_input("the progress interval must be above 0");
  return {};
}

bool has_duration_mode(const workload::plan& plan) {
  return std::any_of(plan.levels().begin(), plan.levels().end(),
                     [](const workload::level_settings& level) { return level.time.has_value(); });
}

// Over the exact bytes of all measured requests in plan order; a key counts by a stand-in, since a hash of a known text
// and a secret would let the secret be guessed.
std::string hash_wire(const run_settings& settings, const workload::plan& plan,
                      const std::vector<std::uint64_t>& reached) {
  client_settings shown = settings.client;
  if (!shown.api_key.empty()) shown.api_key = "(hidden)";
  const auto forms = make_forms(shown, plan.settings().endpoint);
  const target_chooser chooser{forms->size(), settings.client.pair_seed};
  sha256 hash;
  for (std::size_t level = 0; level < plan.levels().size(); ++level)
    for (std::uint64_t index = 0; index < plan.hashed_requests(level, reached); ++index)
      hash.update((*forms)[chooser.of(index)].bytes(plan.at(level, index).body));
  return hash.hex_digest();
}

// Every request that was sent is accounted for, on record or here.
error unwritten(const error& why, bool complete, const live_counts& sent, std::uint64_t on_record) {
  const std::string account =
      on_record == sent.issued
          ? fmt::format("all {} requests that were sent are on record", sent.issued)
          : fmt::format("of {} requests that were sent ({} completed, {} failed, {} cancelled) {} are on record",
                        sent.issued, sent.completed, sent.failed, sent.cancelled, on_record);
  return error{why.code,
               fmt::format("{}; {}{}", why.message, complete ? "" : "the run was ended early, and ", account)};
}

} // namespace

result<run_outcome> run(const run_settings& settings, const workload::plan& plan, const metrics::run_info& info,
                        const std::filesystem::path& records_file) {
  if (const auto valid = validate(settings, plan); valid.has_error()) return valid.error();
  if (const auto room = allow_connections(highest_concurrency(settings, plan)); room.has_error()) return room.error();
  const auto servers = make_servers(settings.client, plan.settings().endpoint);
  if (servers.has_error()) return servers.error();
  auto writer = metrics::record_writer::create(records_file, info);
  if (writer.has_error()) return writer.error();

  record_pump records{std::move(*writer), settings.observer};
  metrics::run_end end;
  live_counts sent;
  {
    conductor conducting{settings, plan, *servers, records};
    end = conducting.run_all();
    sent = conducting.counts_in_run();
    end.end_unix_ns = std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
    boost::json::object hashes{{"wire_sha256", hash_wire(settings, plan, conducting.reached())}};
    if (has_duration_mode(plan)) hashes["sha256"] = plan.sha256(conducting.reached()); // known only now
    end.manifest["workload"] = std::move(hashes);
  }
  const bool whole = records.end_run(end) && end.complete; // a failure that came too late to cost anything is none
  if (const auto failure = records.failure(); failure && !whole)
    return unwritten(*failure, end.complete, sent, records.on_record());
  return run_outcome{end.complete, end.interrupted_by};
}

} // namespace loadgen::engine
