// What the live view costs: CPU time of the thread that draws it, and of the whole client with and without it, while
// `loadgen run` receives about 50,000 tokens/s from the reference server and shows itself on a terminal of 80 by 24.
//
//   bench_live_view [runs]      (default 3, with the view and without it in turn; the figures printed are medians)

#include "support/reference_load.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace loadgen::bench {
namespace {

constexpr unsigned streams = 500;
constexpr const char* run_length = "10s";
constexpr double limit = 0.01;

/// One client on a terminal of its own.
struct terminal_run {
  duration wall{};
  duration cpu{};         ///< of the whole process
  duration display_cpu{}; ///< of the thread that draws, as its CPU clock had it when last seen; zero without one
  std::size_t bytes_shown = 0;
};

/// The CPU clock of the process's thread named "display"; unset where there is none (any more).
std::optional<duration> display_clock(pid_t process) {
  std::error_code failure;
  const std::filesystem::path tasks = fmt::format("/proc/{}/task", process);
  for (const auto& task : std::filesystem::directory_iterator{tasks, failure}) {
    std::string name;
    std::ifstream{task.path() / "comm"} >> name;
    if (name != "display") continue;
    std::int64_t on_cpu = 0; // schedstat's first figure: nanoseconds on a CPU, the thread's CPU clock
    if (std::ifstream{task.path() / "schedstat"} >> on_cpu) return duration{on_cpu};
  }
  return std::nullopt;
}

[[noreturn]] void become(std::vector<std::string> command, int core) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<unsigned>(core), &only);
  sched_setaffinity(0, sizeof only, &only);
  setenv("TERM", "xterm", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  unsetenv("NO_COLOR");
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  execv(words[0], words.data());
  _exit(127);
}

terminal_run run_on_terminal(const bench_setup& setup, const std::vector<std::string>& command) {
  winsize size{};
  size.ws_col = 80;
  size.ws_row = 24;
  int terminal = -1;
  const instant began = clock::now();
  const pid_t client = forkpty(&terminal, nullptr, nullptr, &size);
  if (client == 0) become(command, setup.client_core);
  terminal_run measured;
  std::array<char, 65536> shown{};
  for (;;) {
    pollfd news{terminal, POLLIN, 0};
    if (poll(&news, 1, 100) > 0) {
      const ssize_t bytes = read(terminal, shown.data(), shown.size());
      if (bytes <= 0) break; // the client has ended
      measured.bytes_shown += static_cast<std::size_t>(bytes);
    }
    if (const auto now = display_clock(client)) measured.display_cpu = *now;
  }
  int status = 0;
  rusage used{};
  wait4(client, &status, 0, &used);
  close(terminal);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print(stderr, "bench_live_view: the client failed\n");
    std::exit(1);
  }
  const auto span = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  measured.wall = clock::now() - began;
  measured.cpu = span(used.ru_utime) + span(used.ru_stime);
  return measured;
}

/// What one run with or without the view came to.
struct figures {
  double tokens_per_s = 0;
  double display_share = 0;    ///< of one core, over the whole run
  double cpu_us_per_token = 0; ///< of the whole client
};

figures measure(const bench_setup& setup, const std::string& url, const std::string& progress) {
  const std::filesystem::path summary = setup.scratch / "live.json";
  const std::vector<std::string> command{setup.program("loadgen"),
                                         "run",
                                         "--url",
                                         url,
                                         "--concurrency",
                                         std::to_string(streams),
                                         "--duration",
                                         run_length,
                                         "--drain",
                                         "0s",
                                         "--max-tokens",
                                         "4000",
                                         "--output",
                                         setup.scratch,
                                         "--summary",
                                         summary,
                                         "--progress",
                                         progress,
                                         "--max-failure-rate",
                                         "1"};
  const terminal_run run = run_on_terminal(setup, command);
  std::ifstream file{summary};
  const auto json = boost::json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
  const auto& throughput = json.at("levels").at(0).at("throughput");
  figures result;
  result.tokens_per_s = throughput.at("output_tokens_per_s").to_number<double>();
  const double tokens = result.tokens_per_s * json.at("levels").at(0).at("duration_s").to_number<double>();
  result.display_share = to_s(run.display_cpu) / to_s(run.wall);
  result.cpu_us_per_token = to_s(run.cpu) * 1e6 / tokens;
  return result;
}

template<class Field>
double median_of(const std::vector<figures>& all, Field field) {
  std::vector<double> values;
  for (const figures& each : all) values.push_back(each.*field);
  return median(values);
}

int run_all(int runs) {
  const bench_setup setup;
  std::vector<figures> with, without;
  for (int i = 0; i < runs; ++i) {
    reference_server_process server{setup, {"--ttft", "50ms", "--itl", "10ms"}};
    without.push_back(measure(setup, server.url(), "none"));
    with.push_back(measure(setup, server.url(), "auto"));
  }
  fmt::print("{} streams, ITL 10 ms, {}, medians of {} runs\n", streams, run_length, runs);
  fmt::print("| | tokens/s | client CPU us/token | display thread, share of a core |\n|---|---|---|---|\n");
  fmt::print("| without the view | {:.0f} | {:.2f} | - |\n", median_of(without, &figures::tokens_per_s),
             median_of(without, &figures::cpu_us_per_token));
  const double share = median_of(with, &figures::display_share);
  fmt::print("| with it | {:.0f} | {:.2f} | {:.3f} % |\n", median_of(with, &figures::tokens_per_s),
             median_of(with, &figures::cpu_us_per_token), share * 100);
  fmt::print("display thread: {:.3f} % of a core (limit {:.0f} %): {}\n", share * 100, limit * 100,
             share < limit ? "within" : "ABOVE");
  return share < limit ? 0 : 1;
}

} // namespace
} // namespace loadgen::bench

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 3;
  return loadgen::bench::run_all(runs > 0 ? runs : 1);
}
