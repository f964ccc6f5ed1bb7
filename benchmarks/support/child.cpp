#include "support/child.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace loadgen::bench {

namespace {

[[noreturn]] void become(const std::vector<std::string>& command, int core, int output) {
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<unsigned>(core), &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  dup2(output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  std::perror(arguments[0]);
  _exit(127);
}

std::pair<pid_t, int> start(const std::vector<std::string>& command, int core) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    become(command, core, ends[1]);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

duration span(const timeval& time) {
  return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

} // namespace

child_exit run_child(const std::vector<std::string>& command, int core) {
  child_exit ended;
  const instant began = clock::now();
  const auto [pid, output] = start(command, core);
  char piece[4096];
  for (ssize_t n = 0; (n = read(output, piece, sizeof piece)) > 0;)
    ended.output.append(piece, static_cast<std::size_t>(n));
  close(output);
  int status = 0;
  rusage used{};
  wait4(pid, &status, 0, &used);
  ended.wall = clock::now() - began;
  ended.cpu = span(used.ru_utime) + span(used.ru_stime);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

background_child::background_child(const std::vector<std::string>& command, int core) {
  std::tie(pid_, output_) = start(command, core);
}

background_child::~background_child() {
  stop();
}

std::string background_child::first_line() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

double background_child::resident_kib() const {
  std::ifstream status{"/proc/" + std::to_string(pid_) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + std::strlen("VmRSS:"), nullptr);
  return 0;
}

void background_child::stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  close(output_);
  pid_ = -1;
}

} // namespace loadgen::bench
