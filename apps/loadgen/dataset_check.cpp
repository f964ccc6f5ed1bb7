#include "commands.hpp"
#include "dataset_input.hpp"
#include "dataset_manifest.hpp"
#include "exit_code.hpp"
#include "help.hpp"
#include "process_environment.hpp"

#include <loadgen/workload/dataset_summary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;

/// What is wrong with a dataset that can be read, each in a line.
using findings = std::vector<std::string>;

findings drift(const dataset_manifest& manifest, const workload::dataset& prompts) {
  findings found;
  const std::string says = manifest.path.string() + " says";
  if (manifest.sha256 && *manifest.sha256 != prompts.sha256)
    found.push_back(fmt::format("its sha256 is {}; {} {}", prompts.sha256, says, *manifest.sha256));
  std::error_code ignored;
  if (const auto size = fs::file_size(manifest.file, ignored); manifest.bytes && *manifest.bytes != size)
    found.push_back(fmt::format("it has {} bytes; {} {}", size, says, *manifest.bytes));
  const std::uint64_t entries = prompts.found + prompts.unused;
  if (manifest.entries && *manifest.entries != entries)
    found.push_back(fmt::format("it has {} entries; {} {}", entries, says, *manifest.entries));
  return found;
}

findings describe(const std::vector<workload::duplicate_entry>& duplicates, std::string_view place) {
  constexpr std::size_t most_shown = 20;
  findings found;
  for (std::size_t i = 0; i < std::min(duplicates.size(), most_shown); ++i)
    found.push_back(fmt::format("{} {} asks the same as {} {}{}", place, duplicates[i].line, place,
                                duplicates[i].first_line, duplicates[i].exact ? "" : ", white space aside"));
  if (duplicates.size() > most_shown)
    found.push_back(fmt::format("{} more duplicates", duplicates.size() - most_shown));
  return found;
}

int check_file(const fs::path& file, const std::optional<dataset_manifest>& manifest,
               const workload::dataset_reading& how) {
  const auto prompts = workload::read_dataset(file, how);
  if (prompts.has_error()) return complain(prompts.error());
  const auto duplicates = workload::find_duplicates(*prompts);
  if (duplicates.has_error()) return complain(duplicates.error());
  const findings drifted = manifest ? drift(*manifest, *prompts) : findings{};
  const findings repeated = describe(*duplicates, prompts->format == "parquet" ? "row" : "line");
  for (const findings& all : {drifted, repeated})
    for (const std::string& finding : all) complain(fmt::format("{}: {}", file.string(), finding), exit_gate);
  const bool well = drifted.empty() && repeated.empty();
  fmt::print("{}: {}: {} entries of the form {}, {} duplicate{}, {}\n", file.string(), well ? "ok" : "not ok",
             prompts->entries.size(), prompts->format, duplicates->empty() ? "no" : std::to_string(duplicates->size()),
             duplicates->size() == 1 ? "" : "s",
             !manifest         ? "no manifest"
             : drifted.empty() ? "as its manifest says"
                               : "not as its manifest says");
  return well ? exit_done : exit_gate;
}

result<std::optional<dataset_manifest>> manifest_for(const fs::path& file, const settings& from) {
  if (!from.at("manifest").is_set()) return manifest_beside(file);
  auto manifest = read_manifest(from.text("manifest"));
  if (manifest.has_error()) return manifest.error();
  manifest->file = file;
  return std::optional{*std::move(manifest)};
}

/// Of several exit codes the one that counts: bad input before a finding.
int worse(int a, int b) {
  return a == exit_usage || b == exit_usage ? exit_usage : std::max(a, b);
}

int check_folder(const fs::path& folder, const workload::dataset_reading& how) {
  const auto manifests = manifests_in(folder);
  if (manifests.has_error()) return complain(manifests.error());
  if (manifests->empty())
    return complain(invalid_input(
        fmt::format("{}: no manifest.json in it or below; expected at least one, or a file", folder.string())));
  int code = exit_done;
  for (const fs::path& path : *manifests) {
    const auto manifest = read_manifest(path);
    code = worse(code, manifest.has_error() ? complain(manifest.error()) : check_file(manifest->file, *manifest, how));
  }
  return code;
}

} // namespace

int dataset_check_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(dataset_check_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  const settings& from = command->values;
  if (from.is_on("help")) {
    fmt::print("{}", help_text(dataset_check_options()));
    return exit_done;
  }
  value_reader read{from};
  const workload::dataset_reading how = read_dataset_reading(from, read, read.count("seed", 0));
  const fs::path what = command->positionals.front();
  std::error_code ignored;
  const bool folder = fs::is_directory(what, ignored);
  if (folder && from.at("manifest").is_set()) read.fail("manifest", "is of one file; expected none with a folder");
  if (read.failure()) return complain(*read.failure());
  if (folder) return check_folder(what, how);
  const auto manifest = manifest_for(what, from);
  return manifest.has_error() ? complain(manifest.error()) : check_file(what, *manifest, how);
}

} // namespace loadgen::cli
