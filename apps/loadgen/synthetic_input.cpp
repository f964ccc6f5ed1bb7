#include "synthetic_input.hpp"

#include "token_cache.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace loadgen::cli {

namespace {

constexpr std::size_t most_levels = 10'000;

struct grid_axes {
  std::vector<std::uint32_t> inputs, outputs;
};

std::optional<std::vector<std::uint32_t>> lengths_in(std::string_view text) {
  std::vector<std::uint32_t> lengths;
  while (true) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::uint32_t length = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + end, length);
    if (failure != std::errc{} || rest != text.data() + end || length == 0 || length > workload::longest_length)
      return std::nullopt;
    lengths.push_back(length);
    if (end == text.size()) return lengths;
    text.remove_prefix(end + 1);
  }
}

bool repeats(std::vector<std::uint32_t> lengths) {
  std::sort(lengths.begin(), lengths.end());
  return std::adjacent_find(lengths.begin(), lengths.end()) != lengths.end();
}

/// One side of the grid into its place; false where `text` is none.
bool read_axis(std::string_view text, grid_axes& axes) {
  std::vector<std::uint32_t>& axis = text.starts_with("in=") ? axes.inputs : axes.outputs;
  const std::string_view name = &axis == &axes.inputs ? "in=" : "out=";
  if (!text.starts_with(name) || !axis.empty()) return false;
  auto lengths = lengths_in(text.substr(name.size()));
  if (!lengths || repeats(*lengths)) return false;
  axis = *std::move(lengths);
  return true;
}

std::optional<grid_axes> read_axes(const settings& from, value_reader& read) {
  grid_axes axes;
  for (const std::string& text : from.at("grid").values)
    if (!read_axis(text, axes)) {
      read.fail("grid", fmt::format("'{}' is not valid; expected different lengths in tokens from 1 to {}, such as "
                                    "in=64,512,2048 out=16,128",
                                    text, workload::longest_length));
      return std::nullopt;
    }
  return axes;
}

std::string name_of_grid(const workload::synthetic_spec& spec) {
  const std::string shared = workload::format_synthetic(spec);
  return shared.empty() ? "synthetic:grid" : fmt::format("synthetic:grid,{}", shared);
}

std::vector<workload::grid_cell> cells_of(const grid_axes& axes) {
  std::vector<workload::grid_cell> cells;
  for (const std::uint32_t input : axes.inputs)
    for (const std::uint32_t output : axes.outputs) cells.push_back({input, output});
  return cells;
}

} // namespace

void read_grid(const settings& from, value_reader& read, run_input& input) {
  if (!from.at("grid").is_set() || read.failure()) return;
  if (input.trace) return read.fail("grid", "excludes --trace, which has lengths of its own; expected one of them");
  const auto axes = read_axes(from, read);
  if (!axes) return;
  const std::vector<workload::grid_cell> cells = cells_of(*axes);
  if (input.levels.size() * cells.size() > most_levels)
    return read.fail("grid", fmt::format("makes {} levels and trials; expected at most {}",
                                         input.levels.size() * cells.size(), most_levels));
  std::vector<workload::level_settings> levels;
  std::vector<engine::level_load> loads;
  for (std::size_t begin = 0; begin < input.levels.size();) {
    std::size_t end = begin; // behind the trials of one level
    while (end < input.levels.size() && input.levels[end].level == input.levels[begin].level) ++end;
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
      for (std::size_t i = begin; i < end; ++i) {
        workload::level_settings& level = levels.emplace_back(input.levels[i]);
        level.level = static_cast<std::uint32_t>(input.levels[i].level * cells.size() + cell);
        level.cell = cells[cell];
        loads.push_back(input.run.loads[i]);
      }
    begin = end;
  }
  input.levels = std::move(levels);
  input.run.loads = std::move(loads);
}

engine::calibration_mode read_calibration_mode(const settings& from) {
  const std::string_view mode = from.text("calibrate");
  if (mode == "none") return engine::calibration_mode::none;
  return mode == "probe" ? engine::calibration_mode::probe : engine::calibration_mode::tokenize;
}

result<workload::synthetic_spec> read_synthetic(std::string_view text, const run_input& input) {
  auto spec = workload::parse_synthetic(text);
  if (spec.has_error()) return spec.error();
  const bool grid = !input.levels.empty() && input.levels.front().cell.has_value();
  if (grid && (spec->input || spec->output || !spec->trace_file.empty()))
    return invalid_input("--grid gives the lengths; expected none in the synthetic workload");
  if (!grid && !spec->input && spec->trace_file.empty())
    return invalid_input("no prompt length; expected in=LENGTH or trace=FILE, such as synthetic:in=512,out=64");
  for (const workload::level_settings& level : input.levels)
    if (level.cell && level.cell->input <= spec->prefix)
      return invalid_input(
          fmt::format("a prefix of {} tokens has no room in prompts of {}", spec->prefix, level.cell->input));
  // What is wrong with it whatever the server counts is found before anything is sent.
  const auto made = workload::synthetic_dataset(*spec, workload::estimated_tokens(), input.requests.seed);
  if (made.has_error()) return made.error();
  return spec;
}

result<void> make_synthetic_prompts(run_input& input, const environment& variables) {
  if (!input.synthetic) return {};
  const auto cache = token_cache_file(input.run.client.targets.front(), input.requests, variables);
  auto found = engine::calibrate_tokens(input.run.client, input.requests, input.calibrate,
                                        cache ? read_token_cache(*cache) : std::nullopt);
  if (found.has_error()) return error{found.error().code, "--calibrate: " + found.error().message};
  if (cache && found->tokens.exact && !found->from_before) write_token_cache(*cache, found->tokens);
  auto prompts = workload::synthetic_dataset(*input.synthetic, found->tokens, input.requests.seed);
  if (prompts.has_error()) return error{prompts.error().code, "--dataset: " + prompts.error().message};
  const std::uint32_t shortest = prompts->generator->shortest();
  for (const workload::level_settings& level : input.levels)
    if (level.cell && level.cell->input < shortest + input.synthetic->prefix)
      return invalid_input(fmt::format("--grid: in={} is shorter than the shortest prompt of this server and model, "
                                       "which has {} tokens",
                                       level.cell->input, shortest + input.synthetic->prefix));
  input.prompts = *std::move(prompts);
  if (!input.levels.empty() && input.levels.front().cell) input.prompts.name = name_of_grid(*input.synthetic);
  input.tokens = *std::move(found);
  return {};
}

boost::json::value token_facts(const run_input& input) {
  if (!input.tokens) return nullptr;
  const engine::token_calibration& found = *input.tokens;
  return boost::json::object{
      {"source", to_string(found.tokens.source)},
      {"exact", found.tokens.exact},
      {"template_known", found.tokens.template_known},
      {"tokenize_form", found.form.empty() ? boost::json::value() : boost::json::value(found.form)},
      {"questions", found.questions},
      {"probes", found.probes},
      {"from_cache", found.from_before},
      {"words", found.tokens.words.size()},
      {"word_tokens", found.tokens.word_tokens},
      {"overhead", found.tokens.overhead},
  };
}

} // namespace loadgen::cli
