#pragma once

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string>

namespace loadgen::cli {

/// The folder of a run that is about to begin: DIR/<run_id> with an empty raw/ in it. Removed again with its object
/// unless keep() was called, so that a run that could not begin leaves nothing behind.
class run_folder {
public:
  /// Makes the folder, and `output` where it is missing. Errors: io.
  [[nodiscard]] static result<run_folder> create(const std::filesystem::path& output);

  run_folder(run_folder&& other) noexcept;
  run_folder& operator=(run_folder&&) = delete;
  ~run_folder();

  [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }

  [[nodiscard]] std::filesystem::path path() const { return output_ / run_id_; }

  [[nodiscard]] std::filesystem::path records() const { return path() / "raw" / "records.bin"; }

  [[nodiscard]] std::filesystem::path exchanges() const { return path() / "raw" / "exchanges.bin"; }

  [[nodiscard]] std::filesystem::path texts() const { return path() / "raw" / "texts.jsonl"; }

  void keep() noexcept { kept_ = true; }

private:
  run_folder(std::filesystem::path output, std::string run_id, bool made_output);

  std::filesystem::path output_;
  std::string run_id_; ///< UTC time and a random suffix: "20261122-131500-4f2a"
  bool made_output_;
  bool kept_ = false;
};

} // namespace loadgen::cli
