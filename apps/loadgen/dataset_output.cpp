#include "dataset_output.hpp"

#include "dataset_manifest.hpp"
#include "files.hpp"

#include <loadgen/report/report.hpp>
#include <loadgen/workload/dataset.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <unistd.h>

namespace loadgen::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

struct dataset_output::state {
  fs::path file, unfinished;
  file_stream stream;
  std::uint64_t bytes = 0, lines = 0;
};

dataset_output::dataset_output(const fs::path& file) : state_(std::make_unique<state>()) {
  state_->file = file;
  state_->unfinished = file;
  state_->unfinished += fmt::format(".{}", getpid());
  state_->stream.reset(std::fopen(state_->unfinished.c_str(), "wb"));
}

dataset_output::dataset_output(dataset_output&& other) noexcept = default;

dataset_output::~dataset_output() {
  if (!state_ || !state_->stream) return;
  state_->stream.reset();
  std::error_code ignored;
  fs::remove(state_->unfinished, ignored);
}

result<dataset_output> dataset_output::create(const fs::path& file) {
  dataset_output made{file};
  if (!made.state_->stream) return cannot_write(file);
  return made;
}

result<void> dataset_output::add(std::string_view line) {
  const std::string whole = std::string{line} + '\n';
  if (std::fwrite(whole.data(), 1, whole.size(), state_->stream.get()) != whole.size())
    return cannot_write(state_->file);
  state_->bytes += whole.size();
  ++state_->lines;
  return {};
}

result<std::string> dataset_output::finish(const json::object& facts) {
  if (std::fflush(state_->stream.get()) != 0) return cannot_write(state_->file);
  // Read as a run reads it: what was written is a dataset, and this is its hash.
  workload::dataset_reading how;
  how.format = workload::dataset_format::jsonl;
  const auto written = workload::read_dataset(state_->unfinished, how);
  if (written.has_error()) return written.error();
  const std::string digest = written->sha256;
  json::object manifest{{"name", state_->file.stem().string()},
                        {"file", state_->file.filename().string()},
                        {"sha256", digest},
                        {"bytes", state_->bytes},
                        {"lines", state_->lines}};
  for (const json::key_value_pair& fact : facts) manifest[fact.key()] = fact.value();
  const auto described = write_whole(manifest_path_of(state_->file), report::to_pretty_json(manifest));
  if (described.has_error()) return described.error();
  std::error_code failure;
  fs::rename(state_->unfinished, state_->file, failure);
  if (failure)
    return error{errc::io, fmt::format("cannot put {} in place: {}", state_->file.string(), failure.message())};
  state_->stream.reset();
  return digest;
}

result<void> check_output_name(const fs::path& file, bool replaces) {
  if (file.empty()) return invalid_input("--to: is required; expected the file to write, such as prompts.jsonl");
  if (file.extension() != ".jsonl")
    return invalid_input(
        fmt::format("--to: '{}' is no JSONL file; expected a name that ends in .jsonl", file.string()));
  std::error_code ignored;
  for (const fs::path& path : {file, manifest_path_of(file)})
    if (!replaces && fs::exists(path, ignored))
      return invalid_input(fmt::format("--to: {} is there already; expected another name, or --force", path.string()));
  return {};
}

} // namespace loadgen::cli
