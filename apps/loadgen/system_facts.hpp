#pragma once

#include <boost/json/object.hpp>

namespace loadgen::cli {

/// What a reader must know of this machine to repeat a run: processor, memory, kernel, clock source, whether it is a
/// virtual machine. Not its name. Facts the system does not tell are null. Takes well under a millisecond.
[[nodiscard]] boost::json::object system_facts();

/// The versions of this program, of the libraries it runs with and of the compiler that made it.
[[nodiscard]] boost::json::object version_facts();

} // namespace loadgen::cli
