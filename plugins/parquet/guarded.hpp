#pragma once

#include <arrow/status.h>
#include <cstddef>
#include <exception>
#include <string_view>

namespace loadgen_parquet_plugin {

/// Puts `why` on one line, as far as there is room.
void tell(std::string_view why, char* error, std::size_t error_size) noexcept;

/// Runs `work`, which gives an arrow::Status. True where all went well; else, exceptions included, `error` tells.
template<class Work>
bool guarded(char* error, std::size_t error_size, const Work& work) noexcept {
  try {
    const arrow::Status status = work();
    if (status.ok()) return true;
    tell(status.IsInvalid() ? status.message() : status.ToString(), error, error_size);
  } catch (const std::exception& failure) {
    tell(failure.what(), error, error_size);
  } catch (...) {
    tell("unknown failure", error, error_size);
  }
  return false;
}

} // namespace loadgen_parquet_plugin
