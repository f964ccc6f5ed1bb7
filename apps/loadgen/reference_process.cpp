#include "reference_process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace loadgen::cli {

namespace {

constexpr const char* this_program = "/proc/self/exe";

std::vector<std::string> environment_without_settings() {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!std::string_view{*entry}.starts_with("LOADGEN_")) variables.emplace_back(*entry);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What a child is made of, ready before the fork: behind it nothing may be allocated.
struct child_plan {
  std::vector<std::string> words, variables;
  std::vector<char*> arguments = pointers_to(words), environment = pointers_to(variables);
  std::optional<int> core;
  pid_t parent = getpid();
  int output;
};

[[noreturn]] void become_server(const child_plan& plan) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(0); // it ended before that held
  if (plan.core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<unsigned>(*plan.core), &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  dup2(plan.output, STDOUT_FILENO);
  execve(this_program, plan.arguments.data(), plan.environment.data());
  _exit(127);
}

std::string first_line(int from) {
  std::string line;
  char c = 0;
  for (;;) {
    const ssize_t got = read(from, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got != 1 || c == '\n') return line;
    line += c;
  }
}

} // namespace

std::optional<int> set_core_aside() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) < 2) return std::nullopt;
  unsigned first = 0;
  while (!CPU_ISSET(first, &cores)) ++first;
  CPU_CLR(first, &cores);
  if (sched_setaffinity(0, sizeof cores, &cores) != 0) return std::nullopt;
  return static_cast<int>(first);
}

result<reference_process> reference_process::start(const std::vector<std::string>& options, std::optional<int> core) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return error{errc::unreachable, "no pipe to the reference server can be made"};
  std::vector<std::string> words{"loadgen", "serve", "--port", "0"};
  words.insert(words.end(), options.begin(), options.end());
  child_plan plan{
      .words = std::move(words), .variables = environment_without_settings(), .core = core, .output = ends[1]};
  const pid_t id = fork();
  if (id == 0) become_server(plan);
  close(ends[1]);
  if (id < 0) {
    close(ends[0]);
    return error{errc::unreachable, "no process for the reference server can be started"};
  }
  reference_process started{id};
  const std::string line = first_line(ends[0]);
  close(ends[0]);
  const std::size_t url = line.find("http://");
  if (url == std::string::npos) return error{errc::unreachable, "the reference server did not come up"};
  started.url_ = line.substr(url);
  return started;
}

reference_process::reference_process(reference_process&& other) noexcept
    : id_(std::exchange(other.id_, 0)),
      url_(std::move(other.url_)) {}

reference_process::~reference_process() {
  stop();
}

void reference_process::stop() noexcept {
  const pid_t id = std::exchange(id_, 0);
  if (id == 0) return;
  kill(id, SIGTERM);
  while (waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
  }
}

} // namespace loadgen::cli
