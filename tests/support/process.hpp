#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace loadgen::test {

/// How a program ended and what it said.
struct process_result {
  int exit_code = -1; ///< 128 + the signal's number where one ended it
  std::string out;
  std::string err;
};

using variables = std::map<std::string, std::string>;

/// Runs a program to its end. It has this process's environment without LOADGEN_ variables, with `added` ones;
/// unless they name it, XDG_STATE_HOME is a folder that is not there, so that no calibration of this machine is found,
/// and XDG_CACHE_HOME one that cannot be.
/// `arguments` begin with the program's path. Throws where it cannot be started.
[[nodiscard]] process_result run_process(const std::vector<std::string>& arguments, const variables& added = {});

/// A program that runs beside the test. Killed at the end of its scope unless it has been waited for. Its standard
/// error is that of the test.
class background_process {
public:
  explicit background_process(const std::vector<std::string>& arguments, const variables& added = {});
  background_process(const background_process&) = delete;
  background_process& operator=(const background_process&) = delete;
  ~background_process();

  /// The next line of its standard output, without its end; "" at the end of output. Blocks.
  [[nodiscard]] std::string read_line();

  [[nodiscard]] pid_t id() const noexcept { return pid_; }

  /// Blocks until the program has a handler of its own for `signal`: before, the signal would end it unheard.
  void wait_until_it_handles(int signal) const;

  void send_signal(int signal) const;

  /// Waits for its end and gives its exit code, 128 + the signal's number where one ended it.
  int wait();

private:
  pid_t pid_ = -1;
  int output_ = -1;
};

} // namespace loadgen::test
