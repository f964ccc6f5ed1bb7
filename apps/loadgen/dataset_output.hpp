#pragma once

#include <loadgen/base/error.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace loadgen::cli {

/// Writes OUT.jsonl line by line under another name, and puts it and its manifest in place when all is there, so that
/// both come into being whole or not at all.
class dataset_output {
public:
  /// Errors: io.
  [[nodiscard]] static result<dataset_output> create(const std::filesystem::path& file);

  dataset_output(dataset_output&& other) noexcept;
  dataset_output& operator=(dataset_output&&) = delete;
  ~dataset_output();

  /// Adds a line, which has no line end. Errors: io.
  [[nodiscard]] result<void> add(std::string_view line);

  /// Puts both in place; `facts` go into the manifest behind name, file, sha256, bytes and lines. Returns the SHA-256.
  /// Errors: io.
  [[nodiscard]] result<std::string> finish(const boost::json::object& facts);

private:
  explicit dataset_output(const std::filesystem::path& file);

  struct state;
  std::unique_ptr<state> state_;
};

/// What is wrong with OUT as the name of a dataset to write: no .jsonl, or where it may not replace, there already.
[[nodiscard]] result<void> check_output_name(const std::filesystem::path& file, bool replaces);

} // namespace loadgen::cli
