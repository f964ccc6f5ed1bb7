#include "gnuplot.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void become_gnuplot(const fs::path& gnuplot, const fs::path& script, int words) {
  std::string program = gnuplot.string(), file = script.filename().string();
  std::array<char*, 3> arguments{program.data(), file.data(), nullptr};
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(words, STDERR_FILENO);
  const fs::path folder = script.has_parent_path() ? script.parent_path() : ".";
  if (::chdir(folder.c_str()) == 0) ::execv(program.c_str(), arguments.data());
  _exit(127);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t size = ::read(descriptor, part.data(), part.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
}

} // namespace

result<fs::path> find_gnuplot(const environment& variables) {
  std::istringstream folders{variables("PATH").value_or("")};
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path program = fs::path{folder} / "gnuplot";
    std::error_code ignored;
    if (program.is_absolute() && fs::is_regular_file(program, ignored) && ::access(program.c_str(), X_OK) == 0)
      return program;
  }
  return invalid_input("--plots: needs gnuplot, which is not there; install it, on Debian and Ubuntu with "
                       "`apt-get install gnuplot-nox`");
}

result<void> run_gnuplot(const fs::path& gnuplot, const fs::path& script) {
  std::array<int, 2> words{};
  if (::pipe2(words.data(), O_CLOEXEC) != 0) return error{errc::io, fmt::format("no pipe: {}", std::strerror(errno))};
  const pid_t child = ::fork();
  if (child == 0) become_gnuplot(gnuplot, script, words[1]);
  ::close(words[1]);
  std::string said = child > 0 ? read_all(words[0]) : std::string{std::strerror(errno)};
  ::close(words[0]);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  for (char& c : said)
    if (c == '\n') c = ' ';
  return error{errc::io, fmt::format("gnuplot could not draw {}: {}", script.string(), said)};
}

} // namespace loadgen::cli
