#include "calibration_level.hpp"

#include "reference_process.hpp"

#include <loadgen/base/duration_text.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/serve/truth.hpp>
#include <loadgen/workload/plan.hpp>

#include <fmt/format.h>

#include <atomic>
#include <csignal>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;
using calibrate::offered_load;

constexpr std::uint64_t other_files = 64; // of the server and of the client, beside their connections

std::atomic<int> interrupted_by{0};
std::atomic<pid_t> serving{0};

extern "C" void end_server(int number) {
  interrupted_by = number;
  if (const pid_t server = serving.load(); server > 0) kill(server, SIGTERM);
}

void handle_interrupts(void (*handler)(int)) {
  struct sigaction action {};

  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Tells end_server() of the server, for as long as this object lives. Without a server the client's requests fail at
/// once, so that a level ends with it.
class serving_now {
public:
  explicit serving_now(reference_process& server) {
    serving = server.id();
    if (interrupted_by != 0) server.stop(); // before it was known
  }

  serving_now(const serving_now&) = delete;
  serving_now& operator=(const serving_now&) = delete;

  ~serving_now() { serving = 0; }
};

/// The two files that a level leaves; they go with this object.
class level_files {
public:
  explicit level_files(const fs::path& folder) : records(folder / "records.bin"), truth(folder / "truth.jsonl") {}

  level_files(const level_files&) = delete;
  level_files& operator=(const level_files&) = delete;

  ~level_files() {
    std::error_code ignored;
    fs::remove(records, ignored);
    fs::remove(truth, ignored);
  }

  const fs::path records, truth;
};

result<reference_process> start_server(const level_setup& setup, const offered_load& offered, const fs::path& truth) {
  return reference_process::start(
      {"--ttft", format_duration(offered.ttft), "--itl", format_duration(offered.itl), "--truth", truth.string()},
      setup.server_core);
}

result<workload::plan> plan_of(const offered_load& offered) {
  auto prompts = workload::builtin_dataset("default");
  if (prompts.has_error()) return prompts.error();
  workload::request_settings requests;
  requests.model = "reference";
  requests.max_tokens = offered.tokens;
  workload::level_settings level;
  level.requests = offered.requests;
  return workload::plan::make(std::move(*prompts), std::move(requests), {std::move(level)});
}

result<engine::run_settings> client_of(const level_setup& setup, const offered_load& offered, const std::string& url) {
  const auto target = engine::parse_target(url);
  if (target.has_error()) return target.error();
  engine::run_settings settings;
  settings.client.targets = {*target};
  settings.loads = {{.concurrency = offered.streams}};
  settings.threads = setup.threads;
  settings.handle_signals = false;
  return settings;
}

metrics::run_info describe_now() {
  metrics::run_info info;
  info.run_id = "calibration";
  info.epoch = clock::now();
  info.epoch_unix_ns = std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
  return info;
}

} // namespace

result<calibrate::level_reading> measure_level(const level_setup& setup, const offered_load& offered) {
  if (setup.files && offered.streams + other_files > *setup.files)
    return error{errc::resource_limit,
                 fmt::format("{} streams need more descriptors than {}", offered.streams, *setup.files)};
  const level_files files{setup.scratch};
  auto server = start_server(setup, offered, files.truth);
  if (server.has_error()) return server.error();
  {
    const serving_now known{*server};
    const auto plan = plan_of(offered);
    if (plan.has_error()) return plan.error();
    const auto settings = client_of(setup, offered, server->url());
    if (settings.has_error()) return settings.error();
    const auto outcome = engine::run(*settings, *plan, describe_now(), files.records);
    if (outcome.has_error()) return outcome.error();
  }
  server->stop();

  const auto run = metrics::read_records(files.records);
  if (run.has_error()) return run.error();
  const auto truth = serve::read_truth(files.truth);
  if (truth.has_error()) return truth.error();
  return calibrate::read_level(offered, metrics::summarize(run->levels.at(0)), *truth);
}

interrupt_watch::interrupt_watch() {
  interrupted_by = 0;
  handle_interrupts(end_server);
}

interrupt_watch::~interrupt_watch() {
  handle_interrupts(SIG_DFL);
}

int interrupt_watch::signal() const noexcept {
  return interrupted_by;
}

} // namespace loadgen::cli
