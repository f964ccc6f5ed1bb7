// Runs a plan against a server and reads the result.
//
//   run_a_plan http://127.0.0.1:8000 [MODEL]

#include <loadgen/engine/run.hpp>
#include <loadgen/engine/target.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>
#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

using namespace loadgen;

namespace {

int give_up(const error& why) {
  std::fprintf(stderr, "run_a_plan: %s\n", why.message.c_str());
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return give_up(invalid_input("expected the URL of a server"));
  const auto target = engine::parse_target(argv[1]);
  if (target.has_error()) return give_up(target.error());

  // What is sent: twenty requests of the built-in corpus, each asking for at most eight tokens.
  workload::request_settings requests;
  requests.model = argc > 2 ? argv[2] : "reference";
  requests.max_tokens = 8;
  workload::level_settings level;
  level.requests = 20;
  const auto plan = workload::plan::make(workload::builtin_dataset("default").value(), requests, {level});
  if (plan.has_error()) return give_up(plan.error());

  // How: four at a time.
  engine::run_settings settings;
  settings.client.targets = {*target};
  settings.loads = {{.concurrency = 4}};

  metrics::run_info info;
  info.run_id = "example";
  info.epoch = clock::now();
  const std::filesystem::path records = std::filesystem::temp_directory_path() / "run_a_plan.bin";
  std::filesystem::remove(records);
  const auto outcome = engine::run(settings, *plan, info, records);
  if (outcome.has_error()) return give_up(outcome.error());

  const auto run = metrics::read_records(records);
  if (run.has_error()) return give_up(run.error());
  const metrics::level_summary summary = metrics::summarize(run->levels.front());
  std::printf("%llu of %llu completed\n", static_cast<unsigned long long>(summary.requests.completed),
              static_cast<unsigned long long>(summary.requests.issued));
  if (const auto p50 = summary.of(metrics::metric::ttft).p50) std::printf("TTFT p50 %.3f ms\n", *p50);
  if (const auto p99 = summary.of(metrics::metric::itl).p99) std::printf("ITL p99 %.3f ms\n", *p99);
  std::printf("verdict %s\n", std::string{to_string(summary.trust.judgement)}.c_str());
  return summary.requests.failed == 0 ? 0 : 1;
}
