#include "export.hpp"

#include "files.hpp"
#include "value_reader.hpp"

#include <loadgen/report/exports.hpp>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>

namespace loadgen::cli {

namespace {

/// The levels and trials to write, as places in the run's levels: from `first` to before `end`.
struct chosen_levels {
  std::size_t first = 0, end = 0;
};

result<chosen_levels> choose_levels(const settings& from, const report::analyzed_run& run) {
  const std::size_t count = run.levels.size();
  if (count == 0) return invalid_input("--export: the run ended before its first level; expected one that has any");
  if (!from.at("level").is_set()) {
    if (count == 1 || from.is_on("append")) return chosen_levels{0, count};
    return invalid_input(
        fmt::format("--export: the run has {} levels and trials; expected --level, 0 to {}, for one of "
                    "them{}",
                    count, count - 1, from.text("export") == "vllm" ? ", or --append for a line each" : ""));
  }
  value_reader read{from};
  const auto level = static_cast<std::size_t>(read.count("level", 0, count - 1));
  if (read.failure()) return *read.failure();
  return chosen_levels{level, level + 1};
}

boost::json::object exported(const settings& from, const report::analyzed_run& run, std::size_t level) {
  return from.text("export") == "vllm" ? report::vllm_json(run, level, from.is_on("detailed"))
                                       : report::aiperf_json(run, level);
}

} // namespace

result<void> check_export(const settings& from) {
  if (!from.at("export").is_set()) {
    for (const char* option : {"to", "level"})
      if (from.at(option).is_set()) return invalid_input(fmt::format("--{}: needs --export", option));
    for (const char* option : {"append", "detailed"})
      if (from.is_on(option)) return invalid_input(fmt::format("--{}: needs --export", option));
    return {};
  }
  if (from.text("to").empty()) return invalid_input("--export: needs --to; expected the file to write");
  if (from.text("export") == "vllm") return {};
  for (const char* option : {"append", "detailed"})
    if (from.is_on(option))
      return invalid_input(fmt::format("--{}: is of --export vllm; expected no such option", option));
  return {};
}

result<void> write_export(const settings& from, const std::filesystem::path& run_folder) {
  if (!from.at("export").is_set()) return {};
  const auto run = report::load_run(run_folder, metrics::sample_keeping::all);
  if (run.has_error()) return run.error();
  const auto levels = choose_levels(from, *run);
  if (levels.has_error()) return levels.error();
  if (!from.is_on("append"))
    return write_text(from.text("to"), report::to_pretty_json(exported(from, *run, levels->first)));
  std::string lines;
  for (std::size_t level = levels->first; level < levels->end; ++level)
    lines += boost::json::serialize(exported(from, *run, level)) + "\n";
  return append_text(from.text("to"), lines);
}

} // namespace loadgen::cli
