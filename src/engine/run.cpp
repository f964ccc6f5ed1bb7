#include "base/sha256.hpp"
#include "engine/conductor.hpp"
#include "engine/descriptor_limit.hpp"
#include "engine/servers.hpp"
#include "metrics/record_writer.hpp"

#include <loadgen/engine/run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace loadgen::engine {

namespace {

std::uint32_t highest_concurrency(const run_settings& settings) {
  std::uint32_t highest = 0;
  for (const level_load& load : settings.loads) highest = std::max(highest, load.concurrency);
  return highest;
}

result<void> validate(const run_settings& settings, const workload::plan& plan) {
  if (settings.client.targets.empty()) return invalid_input("a run needs at least one target");
  if (settings.loads.size() != plan.levels().size())
    return invalid_input(
        fmt::format("the plan has {} levels and {} loads are given", plan.levels().size(), settings.loads.size()));
  for (const level_load& load : settings.loads)
    if (load.concurrency == 0) return invalid_input("a concurrency of 0 would send nothing; expected at least 1");
  if (settings.progress_interval <= duration::zero()) return invalid_input("the progress interval must be above 0");
  return {};
}

// Over the exact bytes of all measured requests in plan order; a key counts by a stand-in, since a hash of a known text
// and a secret would let the secret be guessed.
std::string hash_wire(const run_settings& settings, const workload::plan& plan) {
  client_settings shown = settings.client;
  if (!shown.api_key.empty()) shown.api_key = "(hidden)";
  const auto forms = make_forms(shown, plan.settings().endpoint);
  sha256 hash;
  for (std::size_t level = 0; level < plan.levels().size(); ++level)
    for (std::uint64_t index = 0; index < plan.levels()[level].requests; ++index)
      hash.update((*forms)[index % forms->size()].bytes(plan.at(level, index).body));
  return hash.hex_digest();
}

} // namespace

result<run_outcome> run(const run_settings& settings, const workload::plan& plan, const metrics::run_info& info,
                        const std::filesystem::path& records_file) {
  if (const auto valid = validate(settings, plan); valid.has_error()) return valid.error();
  if (const auto room = allow_connections(highest_concurrency(settings)); room.has_error()) return room.error();
  const auto servers = make_servers(settings.client, plan.settings().endpoint);
  if (servers.has_error()) return servers.error();
  auto writer = metrics::record_writer::create(records_file, info);
  if (writer.has_error()) return writer.error();

  record_pump records{std::move(*writer)};
  metrics::run_end end;
  {
    conductor conducting{settings, plan, *servers, records};
    end = conducting.run_all();
  }
  end.manifest["workload"] = boost::json::object{{"wire_sha256", hash_wire(settings, plan)}};
  end.end_unix_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  records.end_run(end);
  if (const auto failure = records.failure()) return *failure;
  return run_outcome{end.complete, end.interrupted_by};
}

} // namespace loadgen::engine
