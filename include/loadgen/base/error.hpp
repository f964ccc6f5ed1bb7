#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

/// A load generator for servers of large language models, whose latencies rest on the kernel's receive stamps. This
/// namespace itself holds what all modules share: errors, times, random streams, endpoints.
///
/// Thread-safety, where nothing else is said: functions may be called from any thread; of objects, distinct ones are
/// safe to use at once, and a shared one is as long as all only read it.
namespace loadgen {

/// Why a library call could not do its work. Failures of single requests are not errors: they are counted
/// outcomes in the records (see metrics/record.hpp).
enum class errc {
  invalid_input = 1, ///< a setting, a dataset line or a file is not what was expected; nothing was sent or written
  unreachable,       ///< no connection to the server could be opened before the run
  resource_limit,    ///< the system's limits do not allow what was asked; the message says how to raise them
  io,                ///< a file could not be read or written
  not_yet,           ///< part of the contract, and not implemented in this version
};

/// An expected failure: its class and one line that says what, where, and what was expected.
struct error {
  errc code = errc::invalid_input; ///< what to branch on; messages may change between versions
  std::string message;             ///< one line, to be shown as it is
};

/// A value, or the error that kept it from being made. Never both, never an exception.
template<class T>
using result = boost::system::result<T, error>;

/// Called by result<T>::value() on an error: asking for a value that is not there is a bug of the caller.
[[noreturn]] inline void throw_exception_from_error(const error& failure, const boost::source_location&) {
  throw std::logic_error(failure.message);
}

/// Shorthand for the commonest error: bad input, with its one line.
[[nodiscard]] inline error invalid_input(std::string message) {
  return error{errc::invalid_input, std::move(message)};
}

} // namespace loadgen
