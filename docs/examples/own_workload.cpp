// A workload of one's own: prompts that a program makes up, arriving in bursts. The plan is a pure function of what
// goes in, so its hash names the workload: two servers that were sent the same hash were sent the same requests.
//
//   own_workload http://127.0.0.1:8000 [MODEL]

#include <loadgen/engine/run.hpp>
#include <loadgen/engine/target.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

using namespace loadgen;
using namespace std::chrono_literals;

namespace {

int give_up(const error& why) {
  std::fprintf(stderr, "own_workload: %s\n", why.message.c_str());
  return 1;
}

// A conversation that grows: each prompt repeats what was said before it.
workload::dataset growing_conversation(int turns) {
  workload::dataset prompts;
  prompts.name = "growing conversation";
  std::string history;
  for (int turn = 1; turn <= turns; ++turn) {
    history += "User: tell me more, part " + std::to_string(turn) + ".\n";
    workload::dataset_entry entry;
    entry.prompt = history;
    entry.max_tokens = static_cast<std::uint32_t>(4 + turn);
    entry.line = static_cast<std::uint32_t>(turn);
    prompts.entries.push_back(std::move(entry));
  }
  return prompts;
}

// Five requests at once, every 100 ms.
workload::level_settings bursts(int count) {
  workload::level_settings level;
  for (int burst = 0; burst < count; ++burst)
    for (int i = 0; i < 5; ++i) level.offsets.push_back(100ms * burst);
  level.requests = level.offsets.size();
  return level;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return give_up(invalid_input("expected the URL of a server"));
  const auto target = engine::parse_target(argv[1]);
  if (target.has_error()) return give_up(target.error());

  workload::request_settings requests;
  requests.model = argc > 2 ? argv[2] : "reference";
  const auto plan = workload::plan::make(growing_conversation(10), requests, {bursts(6)});
  if (plan.has_error()) return give_up(plan.error());
  std::printf("workload %s\n", plan->sha256().c_str());

  engine::run_settings settings;
  settings.client.targets = {*target};
  settings.loads = {{.rate = 50}};
  metrics::run_info info;
  info.run_id = "example";
  info.epoch = clock::now();
  const std::filesystem::path records = std::filesystem::temp_directory_path() / "own_workload.bin";
  std::filesystem::remove(records);
  const auto outcome = engine::run(settings, *plan, info, records);
  if (outcome.has_error()) return give_up(outcome.error());

  const auto run = metrics::read_records(records);
  if (run.has_error()) return give_up(run.error());
  const metrics::level_summary summary = metrics::summarize(run->levels.front());
  std::printf("%llu of %llu completed, %llu tokens\n", static_cast<unsigned long long>(summary.requests.completed),
              static_cast<unsigned long long>(summary.requests.issued),
              static_cast<unsigned long long>(summary.tokens.output));
  if (const auto p50 = summary.of(metrics::metric::ttft_planned).p50)
    std::printf("TTFT from the planned moment, p50 %.3f ms\n", *p50);
  return summary.requests.failed == 0 ? 0 : 1;
}
