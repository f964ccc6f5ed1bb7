#include "support/process.hpp"

#include "support/temporary_folder.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace loadgen::test {

namespace {

/// What of the child's descriptors goes where.
class file_actions {
public:
  file_actions() { posix_spawn_file_actions_init(&actions_); }

  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;

  ~file_actions() { posix_spawn_file_actions_destroy(&actions_); }

  void write_to_file(int descriptor, const std::filesystem::path& file) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  }

  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }

  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// This process's own without LOADGEN_ variables, and with the `added` ones in place of theirs.
std::vector<std::string> environment_with(const variables& added) {
  variables all{{"XDG_STATE_HOME", "/nonexistent"}, {"XDG_CACHE_HOME", "/dev/null"}};
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view variable{*entry};
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name{variable.substr(0, equals)};
    if (!name.starts_with("LOADGEN_") && name != "XDG_STATE_HOME" && name != "XDG_CACHE_HOME")
      all[name] = variable.substr(equals + 1);
  }
  for (const auto& [name, value] : added) all[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : all) environment.push_back(name + "=" + value);
  return environment;
}

pid_t spawn(std::vector<std::string> arguments, const variables& added, const file_actions& actions) {
  std::vector<std::string> environment = environment_with(added);
  pid_t pid = -1;
  const std::string program = arguments.front();
  const int failure = posix_spawn(&pid, program.c_str(), actions.get(), nullptr, pointers_to(arguments).data(),
                                  pointers_to(environment).data());
  if (failure != 0) throw std::runtime_error("cannot start " + program + ": " + std::strerror(failure));
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error(std::string{"waitpid: "} + std::strerror(errno));
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

process_result run_process(const std::vector<std::string>& arguments, const variables& added) {
  const temporary_folder folder;
  file_actions actions;
  actions.write_to_file(STDOUT_FILENO, folder.path() / "out");
  actions.write_to_file(STDERR_FILENO, folder.path() / "err");
  const int exit_code = wait_for(spawn(arguments, added, actions));
  return {exit_code, text_of(folder.path() / "out"), text_of(folder.path() / "err")};
}

background_process::background_process(const std::vector<std::string>& arguments, const variables& added) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string{"pipe2: "} + std::strerror(errno));
  file_actions actions;
  actions.duplicate(ends[1], STDOUT_FILENO);
  output_ = ends[0];
  try {
    pid_ = spawn(arguments, added, actions);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
}

background_process::~background_process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    wait();
  }
  close(output_);
}

std::string background_process::read_line() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void background_process::wait_until_it_handles(int signal) const {
  const std::string status = "/proc/" + std::to_string(pid_) + "/status";
  const std::string_view field = "SigCgt:";
  while (true) {
    const std::string text = text_of(status);
    const std::size_t at = text.find(field);
    if (at == std::string::npos) throw std::runtime_error("the program has ended");
    if ((std::stoull(text.substr(at + field.size()), nullptr, 16) >> static_cast<unsigned>(signal - 1) & 1U) != 0)
      return;
    usleep(1000);
  }
}

void background_process::send_signal(int signal) const {
  kill(pid_, signal);
}

int background_process::wait() {
  const int exit_code = wait_for(pid_);
  pid_ = -1;
  return exit_code;
}

} // namespace loadgen::test
