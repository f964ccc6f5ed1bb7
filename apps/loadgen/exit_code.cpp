#include "exit_code.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace loadgen::cli {

int complain(const std::string& message, int code) {
  fmt::print(stderr, "loadgen: {}\n", message);
  return code;
}

int complain(const error& failure) {
  return complain(failure.message, exit_code_of(failure.code));
}

} // namespace loadgen::cli
