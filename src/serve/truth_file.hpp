#pragma once

#include "serve/unique_fd.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// Appends whole lines to the truth file, or to another of its kind. Lines wait in memory and go out some ten kilobytes
/// at a time, or when the server has nothing else to do: one such write costs about as much as one token's.
class truth_file {
public:
  /// Creates or empties the file; `name` is what errors call it. Errors: io.
  [[nodiscard]] static result<truth_file> create(const std::filesystem::path& file,
                                                 std::string_view name = "truth file");

  void add(std::string_view line);

  /// Hands all waiting lines to the system.
  void flush();

  /// What kept lines from being written, if anything did: after the first failure nothing more is.
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

private:
  truth_file(unique_fd file, std::string name) noexcept : file_(std::move(file)), name_(std::move(name)) {}

  unique_fd file_;
  std::string name_;
  std::string waiting_;
  std::optional<error> failure_;
};

} // namespace loadgen::serve
