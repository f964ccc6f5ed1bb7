#include "commands.hpp"
#include "dataset_input.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "synthetic_input.hpp"

#include <loadgen/report/report.hpp>
#include <loadgen/workload/dataset_summary.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::cli {

namespace {

namespace json = boost::json;
using workload::dataset_statistics;
using workload::length_figures;

constexpr std::size_t columns = 80;
constexpr std::uint64_t characters_per_token = 4;
constexpr std::string_view synthetic_kind = "synthetic:";
constexpr std::string_view synthetic_format = "synthetic";
constexpr std::uint64_t synthetic_prompts = 500;

/// What so many characters come to in tokens, as far as one can tell without a tokenizer.
length_figures estimated_tokens(const length_figures& characters) {
  const auto tokens = [](std::uint64_t length) { return (length + characters_per_token - 1) / characters_per_token; };
  return {characters.count,       characters.mean / characters_per_token,
          tokens(characters.min), tokens(characters.p50),
          tokens(characters.p90), tokens(characters.p99),
          tokens(characters.max)};
}

/// The text in characters that any terminal shows as one column each.
std::string in_ascii(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::string row(std::string_view name, const length_figures& of) {
  if (of.count == 0) return {};
  return fmt::format("  {:<17} {:>8} {:>6} {:>8.1f} {:>6} {:>6} {:>7} {:>7}\n", name, of.count, of.min, of.mean, of.p50,
                     of.p90, of.p99, of.max);
}

std::string figures_text(const dataset_statistics& of) {
  return fmt::format("  {:<17} {:>8} {:>6} {:>8} {:>6} {:>6} {:>7} {:>7}\n", "", "entries", "min", "mean", "p50", "p90",
                     "p99", "max") +
         row("characters", of.characters) + row("tokens (estimate)", estimated_tokens(of.characters)) +
         row("input tokens", of.input_tokens) + row("max_tokens", of.max_tokens);
}

/// A bar for each of some counts; labels on the left, counts on the right, in plain ASCII of at most 80 columns.
std::string bars(const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  std::size_t label_width = 0, count_width = 0;
  std::uint64_t most = 1;
  for (const auto& [label, count] : counts) {
    label_width = std::max(label_width, label.size());
    count_width = std::max(count_width, std::to_string(count).size());
    most = std::max(most, count);
  }
  const std::size_t room = columns - label_width - count_width - 6;
  std::string text;
  for (const auto& [label, count] : counts) {
    const std::size_t length = count == 0 ? 0 : std::max<std::size_t>(count * room / most, 1);
    text += fmt::format("  {:>{}}  {:>{}}{}{}\n", label, label_width, count, count_width, length > 0 ? "  " : "",
                        std::string(length, '#'));
  }
  return text;
}

std::string lengths_text(const dataset_statistics& of) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const workload::length_bin& bin : of.lengths)
    counts.emplace_back(bin.from == bin.to ? std::to_string(bin.from) : fmt::format("{}-{}", bin.from, bin.to),
                        bin.count);
  return bars(counts);
}

std::string categories_text(const dataset_statistics& of) {
  constexpr std::size_t most_shown = 20;
  constexpr std::size_t longest_name = 30;
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const auto& [name, count] : of.categories) {
    std::string shown = name.empty() ? "(none)" : in_ascii(name.substr(0, longest_name));
    counts.emplace_back(std::move(shown), count);
  }
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::uint64_t others = 0;
  for (std::size_t i = most_shown; i < counts.size(); ++i) others += counts[i].second;
  if (counts.size() > most_shown) {
    const std::string label = fmt::format("({} others)", counts.size() - most_shown);
    counts.resize(most_shown);
    counts.emplace_back(label, others);
  }
  return bars(counts);
}

std::string statistics_text(const workload::dataset& prompts, const dataset_statistics& of) {
  std::string text = fmt::format("{}: {} entries", in_ascii(prompts.name), of.entries);
  if (of.entries != prompts.found) text += fmt::format(" of {}", prompts.found);
  text += fmt::format(", {}", prompts.format);
  if (prompts.unused > 0) text += fmt::format("; {} more ask nothing", prompts.unused);
  if (prompts.format == synthetic_format)
    text += "\nthe first that the seed makes; their tokens as asked for, which a run makes true for its server";
  text += fmt::format("\nsha256 {}\n\n{}", prompts.sha256, figures_text(of));
  text += fmt::format("\nentries by {}\n{}", of.characters.count > 0 ? "characters" : "input tokens", lengths_text(of));
  const bool any_category = of.categories.size() > 1 || !of.categories.contains("");
  if (any_category) text += fmt::format("\nentries by category\n{}", categories_text(of));
  return text;
}

json::value to_json(const length_figures& of) {
  if (of.count == 0) return nullptr;
  return json::object{{"count", of.count}, {"mean", of.mean}, {"min", of.min}, {"p50", of.p50},
                      {"p90", of.p90},     {"p99", of.p99},   {"max", of.max}};
}

json::object statistics_json(const workload::dataset& prompts, const dataset_statistics& of) {
  json::object categories;
  for (const auto& [name, count] : of.categories) categories[name] = count;
  json::array lengths;
  for (const workload::length_bin& bin : of.lengths)
    lengths.push_back(json::object{{"from", bin.from}, {"to", bin.to}, {"count", bin.count}});
  return {{"schema", "loadgen.dataset_stats/1"},
          {"name", prompts.name},
          {"sha256", prompts.sha256},
          {"format", prompts.format},
          {"entries", of.entries},
          {"found", prompts.found},
          {"unused", prompts.unused},
          {"characters", to_json(of.characters)},
          {"estimated_tokens", to_json(estimated_tokens(of.characters))},
          {"input_tokens", to_json(of.input_tokens)},
          {"max_tokens", to_json(of.max_tokens)},
          {"categories", std::move(categories)},
          {"lengths_of", of.characters.count > 0 ? "characters" : "input_tokens"},
          {"lengths", std::move(lengths)}};
}

/// The lengths of the first prompts of a run. A run has as many as it sends.
result<workload::dataset> synthetic_lengths(std::string_view text, const settings& from, std::uint64_t seed) {
  if (const std::string_view row = given_dataset_row(from); !row.empty())
    return invalid_input(fmt::format("--{} is of a dataset in a file; expected none with synthetic prompts", row));
  const auto spec = read_synthetic(text, {});
  if (spec.has_error()) return spec.error();
  auto made = workload::synthetic_dataset(*spec, workload::estimated_tokens(), seed);
  if (made.has_error()) return made.error();
  std::vector<workload::dataset_entry> entries;
  for (std::uint64_t i = 0; i < synthetic_prompts; ++i) {
    const workload::made_prompt prompt = made->generator->at({.index = i});
    workload::dataset_entry& entry = entries.emplace_back();
    entry.input_tokens = prompt.input;
    entry.max_tokens = prompt.output;
    if (prompt.shares_prefix) entry.category = "shared prefix";
  }
  made->entries = std::move(entries);
  made->found = synthetic_prompts;
  made->format = synthetic_format;
  return made;
}

result<workload::dataset> open_for_stats(std::string_view name, const settings& from,
                                         const workload::dataset_reading& how) {
  if (!name.starts_with(synthetic_kind)) return open_dataset(name, how);
  return synthetic_lengths(name.substr(synthetic_kind.size()), from, how.seed);
}

} // namespace

int dataset_stats_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(dataset_stats_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  const settings& from = command->values;
  if (from.is_on("help")) {
    fmt::print("{}", help_text(dataset_stats_options()));
    return exit_done;
  }
  value_reader read{from};
  const workload::dataset_reading how = read_dataset_reading(from, read, read.count("seed", 0));
  if (read.failure()) return complain(*read.failure());
  const auto prompts = open_for_stats(command->positionals.front(), from, how);
  if (prompts.has_error()) return complain(prompts.error());
  const auto statistics = workload::describe(*prompts);
  if (statistics.has_error()) return complain(statistics.error());

  const std::string_view file = from.text("json");
  if (file != "-")
    if (const auto shown = write_text("-", statistics_text(*prompts, *statistics)); shown.has_error())
      return complain(shown.error().message, exit_unwritten);
  if (file.empty()) return exit_done;
  const auto written = write_text(file, report::to_pretty_json(statistics_json(*prompts, *statistics)));
  return written.has_error() ? complain(written.error().message, exit_unwritten) : int{exit_done};
}

} // namespace loadgen::cli
