#pragma once

#include <loadgen/base/time.hpp>

#include <string>
#include <sys/types.h>
#include <vector>

namespace loadgen::bench {

/// How a program that was run to its end has ended.
struct child_exit {
  int code = 0; ///< exit code, or 128 + signal
  duration wall{};
  duration cpu{};     ///< user and system time of the whole process
  std::string output; ///< standard output
};

/// Runs a program on one core (-1: any) to its end. Standard error goes where ours goes.
child_exit run_child(const std::vector<std::string>& command, int core);

/// A program that runs beside us until it is stopped.
class background_child {
public:
  background_child(const std::vector<std::string>& command, int core);
  background_child(const background_child&) = delete;
  background_child& operator=(const background_child&) = delete;
  ~background_child();

  /// The first line it wrote to standard output; waits for it.
  [[nodiscard]] std::string first_line();

  /// The memory it has now (VmRSS); 0 where it has ended.
  [[nodiscard]] double resident_kib() const;

  /// Sends SIGTERM and waits for its end.
  void stop();

private:
  pid_t pid_ = -1;
  int output_ = -1;
};

} // namespace loadgen::bench
