#pragma once

#include <loadgen/base/error.hpp>

namespace loadgen::cli {

/// What the program's exit code says. 128 + the signal's number: interrupted.
enum exit_code : int {
  exit_done = 0,
  exit_failures = 1,    ///< finished, but more requests failed than --max-failure-rate allows
  exit_usage = 2,       ///< bad usage or input: nothing was sent or written
  exit_gate = 3,        ///< finished, but a --gate, or with --strict the audit's verdict, does not hold
  exit_unreachable = 4, ///< no connection could be opened before the run
  exit_cannot_tell = 5, ///< compare: no --gate fails, and of one the data cannot tell whether it holds
  exit_unwritten = 74,  ///< the run has begun, and a result could not be written (EX_IOERR of sysexits.h)
};

/// The exit code of an error that came before anything was sent or written.
[[nodiscard]] constexpr int exit_code_of(errc code) noexcept {
  return code == errc::unreachable ? exit_unreachable : exit_usage;
}

/// Prints "loadgen: MESSAGE" on standard error and gives `code`.
int complain(const std::string& message, int code);

/// The same for an error that came before anything was sent or written.
int complain(const error& failure);

} // namespace loadgen::cli
