#include "base/sha256.hpp"
#include "engine/conductor.hpp"
#include "engine/descriptor_limit.hpp"
#include "engine/keeping.hpp"
#include "engine/level_checks.hpp"
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

// How many connections must be possible.
std::uint32_t highest_concurrency(const run_settings& settings, const workload::plan& plan) {
  std::uint32_t highest = settings.most_connections;
  for (std::size_t i = 0; i < settings.loads.size(); ++i)
    highest = std::max(highest, connections_of(settings.loads[i], plan.levels()[i]));
  return highest;
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

// Over the exact bytes of all measured requests in plan order; a key counts by a stand-in.
std::string hash_wire(const run_settings& settings, const workload::plan& plan,
                      const std::vector<std::uint64_t>& reached) {
  const auto forms = make_shown_forms(settings.client, plan.settings().answers());
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

result<std::string> wire_sha256(const client_settings& settings, const workload::plan& plan,
                                const std::vector<std::vector<std::uint64_t>>& order) {
  const auto forms = make_shown_forms(settings, plan.settings().answers());
  if (forms.has_error()) return forms.error();
  const target_chooser chooser{forms->size(), settings.pair_seed};
  sha256 hash;
  for (std::size_t level = 0; level < order.size(); ++level)
    for (const std::uint64_t index : order[level])
      hash.update((*forms)[chooser.of(index)].bytes(plan.at(level, index).body));
  return hash.hex_digest();
}

result<run_outcome> run(const run_settings& settings, const workload::plan& plan, const metrics::run_info& info,
                        const std::filesystem::path& records_file) {
  return run_adaptive(settings, plan, {}, info, records_file);
}

result<run_outcome> run_adaptive(const run_settings& settings, const workload::plan& plan, const level_chooser& choose,
                                 const metrics::run_info& info, const std::filesystem::path& records_file) {
  if (const auto valid = validate(settings, plan); valid.has_error()) return valid.error();
  if (const auto room = allow_connections(highest_concurrency(settings, plan)); room.has_error()) return room.error();
  const auto servers = make_servers(settings.client, plan.settings().answers(), plan.has_conversations());
  if (servers.has_error()) return servers.error();
  auto writer = metrics::record_writer::create(records_file, info);
  if (writer.has_error()) return writer.error();

  auto kept = keeping::start(settings, plan.settings().answers(), info);
  if (kept.has_error()) return kept.error();

  record_pump records{std::move(*writer), choose ? record_pump::kept::those_of_a_level : record_pump::kept::none,
                      settings.observer};
  metrics::run_end end;
  live_counts came;
  std::optional<error> failure;
  {
    conductor conducting{settings, plan, *servers, {records, kept->exchanges.get(), kept->texts.get()}, choose};
    end = conducting.run_all();
    came = conducting.counts_in_run();
    failure = conducting.failure();
    end.end_unix_ns = std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
    const workload::plan& sent = conducting.plan();
    boost::json::object hashes{{"wire_sha256", plan.has_conversations()
                                                   ? conducting.wire_digest()
                                                   : hash_wire(settings, sent, conducting.reached())}};
    // Known only now.
    if (choose || has_duration_mode(plan)) hashes["sha256"] = sent.sha256(conducting.reached());
    if (plan.failure()) hashes = {{"wire_sha256", nullptr}}; // what was sent can no longer be told
    end.manifest["workload"] = std::move(hashes);
  }
  kept->end(end.manifest);
  const bool whole = records.end_run(end) && end.complete; // a failure that came too late to cost anything is none
  if (const auto unwritable = records.failure(); unwritable && !whole)
    return unwritten(*unwritable, end.complete, came, records.on_record());
  if (const auto unmade = plan.failure()) return *unmade;
  if (failure) return *failure;
  return run_outcome{end.complete, end.interrupted_by, kept->failure()};
}

} // namespace loadgen::engine
