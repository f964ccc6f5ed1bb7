#include "commands.hpp"
#include "dataset_input.hpp"
#include "dataset_output.hpp"
#include "dataset_rows.hpp"
#include "exit_code.hpp"
#include "help.hpp"
#include "process_environment.hpp"

#include <loadgen/workload/dataset_summary.hpp>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

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
json::object facts_of(const settings& from, const workload::dataset& source) {
  const std::string_view licence = from.text("licence");
  return {{"licence", licence.empty() ? json::value() : json::value(licence)},
          {"provenance", json::object{{"source", source.name},
                                      {"sha256", source.sha256},
                                      {"format", source.format},
                                      {"entries", source.found},
                                      {"selection", selection_facts(from)}}}};
}

/// Line by line: the dataset may be larger than memory. Returns the SHA-256 of what was written.
result<std::string> import_dataset(const settings& from, const std::string& name, const workload::dataset& source,
                                   const fs::path& file) {
  auto output = dataset_output::create(file);
  if (output.has_error()) return output.error();
  for (std::size_t i = 0; i < source.entries.size(); ++i) {
    const auto entry = source.entries.at(i);
    if (entry.has_error()) return entry.error();
    const auto line = workload::jsonl_line(*entry);
    if (line.has_error()) return invalid_input(fmt::format("{}:{}: {}", name, entry->line, line.error().message));
    if (const auto added = output->add(*line); added.has_error()) return added.error();
  }
  return output->finish(facts_of(from, source));
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
  if (const auto named = check_output_name(file, from.is_on("force")); named.has_error())
    return complain(named.error());
  const std::string& name = command->positionals.front();
  const auto source = open_dataset(name, how);
  if (source.has_error()) return complain(source.error());
  const auto made = import_dataset(from, name, *source, file);
  if (made.has_error() && made.error().code == errc::io) return complain(made.error().message, exit_unwritten);
  if (made.has_error()) return complain(made.error());
  fmt::print("{}: {} entries from {} ({}), sha256 {}\n", file.string(), source->entries.size(), name, source->format,
             *made);
  return exit_done;
}

} // namespace loadgen::cli
