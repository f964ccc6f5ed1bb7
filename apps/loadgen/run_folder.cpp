#include "run_folder.hpp"

#include <fmt/chrono.h>

#include <ctime>
#include <random>

namespace loadgen::cli {

namespace fs = std::filesystem;

namespace {

error cannot_make(const fs::path& folder, const std::error_code& why) {
  return error{errc::io, fmt::format("--output: cannot make {}: {}", folder.string(), why.message())};
}

std::string new_run_id() {
  std::random_device random;
  return fmt::format("{:%Y%m%d-%H%M%S}-{:04x}", fmt::gmtime(std::time(nullptr)), random() & 0xFFFFU);
}

} // namespace

run_folder::run_folder(fs::path output, std::string run_id, bool made_output)
    : output_(std::move(output)),
      run_id_(std::move(run_id)),
      made_output_(made_output) {}

run_folder::run_folder(run_folder&& other) noexcept
    : output_(std::move(other.output_)),
      run_id_(std::move(other.run_id_)),
      made_output_(other.made_output_),
      kept_(std::exchange(other.kept_, true)) {}

run_folder::~run_folder() {
  if (kept_) return;
  std::error_code ignored; // each goes only where it is empty
  fs::remove(path() / "raw", ignored);
  fs::remove(path(), ignored);
  if (made_output_) fs::remove(output_, ignored);
}

result<run_folder> run_folder::create(const fs::path& output) {
  std::error_code failure;
  const bool made_output = fs::create_directories(output, failure);
  if (failure) return cannot_make(output, failure);
  std::string run_id = new_run_id();
  while (!fs::create_directory(output / run_id, failure)) { // one of that name may be there: another process is as fast
    if (failure) return cannot_make(output / run_id, failure);
    run_id = new_run_id();
  }
  run_folder made{output, run_id, made_output};
  fs::create_directory(made.path() / "raw", failure);
  if (failure) return cannot_make(made.path() / "raw", failure);
  return made;
}

} // namespace loadgen::cli
