#include "commands.hpp"
#include "dataset_input.hpp"
#include "dataset_manifest.hpp"
#include "dataset_rows.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "process_environment.hpp"

#include <loadgen/report/report.hpp>
#include <loadgen/workload/dataset_summary.hpp>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <unistd.h>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

struct written_dataset {
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
};

error cannot_write(const fs::path& file) {
  return error{errc::io, fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(errno))};
}

/// Writes line by line: the dataset may be larger than memory.
result<written_dataset> write_lines(const workload::dataset& prompts, std::string_view name, const fs::path& file) {
  const std::unique_ptr<std::FILE, close_file> stream{std::fopen(file.c_str(), "wb")};
  if (!stream) return cannot_write(file);
  written_dataset made;
  for (std::size_t i = 0; i < prompts.entries.size(); ++i) {
    const auto entry = prompts.entries.at(i);
    if (entry.has_error()) return entry.error();
    auto line = workload::jsonl_line(*entry);
    if (line.has_error()) return invalid_input(fmt::format("{}:{}: {}", name, entry->line, line.error().message));
    *line += '\n';
    if (std::fwrite(line->data(), 1, line->size(), stream.get()) != line->size()) return cannot_write(file);
    made.bytes += line->size();
    ++made.lines;
  }
  if (std::fflush(stream.get()) != 0) return cannot_write(file);
  workload::dataset_reading how;
  how.format = workload::dataset_format::jsonl;
  const auto again = workload::read_dataset(file, how); // so that a run can read it is seen as well
  if (again.has_error()) return again.error();
  made.sha256 = again->sha256;
  return made;
}

/// The settings that the entries depend on, where they are not the default.
json::object selection_facts(const settings& from) {
  json::object facts;
  const json::object all = from.to_json();
  const auto add = [&](std::string_view name) { facts[name] = all.at(name).at("value"); };
  for (const option_row& row : dataset_rows)
    if (from.at(row.name).is_given()) add(row.name);
  if (from.at("dataset-sample").is_set() || from.is_on("dataset-shuffle")) add("seed");
  return facts;
}

// Nothing in it depends on when or where it was made, so that it can be made again.
json::object manifest_of(const settings& from, const workload::dataset& source, const written_dataset& made,
                         const fs::path& file) {
  const std::string_view licence = from.text("licence");
  return {{"name", file.stem().string()},
          {"file", file.filename().string()},
          {"sha256", made.sha256},
          {"bytes", made.bytes},
          {"lines", made.lines},
          {"licence", licence.empty() ? json::value() : json::value(licence)},
          {"provenance", json::object{{"source", source.name},
                                      {"sha256", source.sha256},
                                      {"format", source.format},
                                      {"entries", source.found},
                                      {"selection", selection_facts(from)}}}};
}

std::optional<error> fault_of_target(const settings& from, const fs::path& file) {
  if (file.empty()) return invalid_input("--to: is required; expected the file to write, such as prompts.jsonl");
  if (file.extension() != ".jsonl")
    return invalid_input(
        fmt::format("--to: '{}' is no JSONL file; expected a name that ends in .jsonl", file.string()));
  std::error_code ignored;
  for (const fs::path& path : {file, manifest_path_of(file)})
    if (fs::exists(path, ignored) && !from.is_on("force"))
      return invalid_input(fmt::format("--to: {} is there already; expected another name, or --force", path.string()));
  return std::nullopt;
}

/// Both files come into being whole, or not at all.
result<written_dataset> import_dataset(const settings& from, const std::string& name, const workload::dataset& source,
                                       const fs::path& file) {
  fs::path unfinished = file;
  unfinished += fmt::format(".{}", getpid());
  std::error_code failure;
  auto made = write_lines(source, name, unfinished);
  if (made.has_error()) {
    fs::remove(unfinished, failure);
    return made.error();
  }
  const auto described =
      write_whole(manifest_path_of(file), report::to_pretty_json(manifest_of(from, source, *made, file)));
  if (described.has_value()) fs::rename(unfinished, file, failure);
  if (described.has_error() || failure) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    if (described.has_error()) return described.error();
    return error{errc::io, fmt::format("cannot put {} in place: {}", file.string(), failure.message())};
  }
  return made;
}

} // namespace

int dataset_import_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(dataset_import_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  const settings& from = command->values;
  if (from.is_on("help")) {
    fmt::print("{}", help_text(dataset_import_options()));
    return exit_done;
  }
  value_reader read{from};
  const workload::dataset_reading how = read_dataset_reading(from, read, read.count("seed", 0));
  if (read.failure()) return complain(*read.failure());
  const fs::path file = from.text("to");
  if (const auto fault = fault_of_target(from, file)) return complain(*fault);
  const std::string& name = command->positionals.front();
  const auto source = open_dataset(name, how);
  if (source.has_error()) return complain(source.error());
  const auto made = import_dataset(from, name, *source, file);
  if (made.has_error() && made.error().code == errc::io) return complain(made.error().message, exit_unwritten);
  if (made.has_error()) return complain(made.error());
  fmt::print("{}: {} entries from {} ({}), sha256 {}\n", file.string(), made->lines, name, source->format,
             made->sha256);
  return exit_done;
}

} // namespace loadgen::cli
