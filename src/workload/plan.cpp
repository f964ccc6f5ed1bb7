#include "base/sha256.hpp"
#include "workload/body_template.hpp"

#include <loadgen/base/random.hpp>
#include <loadgen/workload/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <mutex>

namespace loadgen::workload {

namespace {

std::optional<error> fault_of(const request_settings& settings) {
  if (settings.default_max_tokens == 0 || settings.max_tokens == 0U)
    return invalid_input("max_tokens is 0; expected at least 1");
  if (settings.copies == 0) return invalid_input("0 copies of each request; expected at least 1");
  if (!settings.stream && !answers_whole(settings.endpoint))
    return invalid_input(
        fmt::format("the {} endpoint has no whole answers; expected a stream", to_string(settings.endpoint)));
  if (settings.ignore_eos && !can_ignore_eos(settings.endpoint))
    return invalid_input(
        fmt::format("the {} endpoint cannot be asked to ignore the end of a text", to_string(settings.endpoint)));
  if (settings.temperature && !(std::isfinite(*settings.temperature) && *settings.temperature >= 0))
    return invalid_input(
        fmt::format("temperature is {}; expected a finite number of at least 0", *settings.temperature));
  return std::nullopt;
}

std::optional<error> fault_of(const level_settings& level) {
  const auto fault = [&level](std::string_view what) {
    return invalid_input(fmt::format("level {}, trial {}: {}", level.level, level.trial, what));
  };
  if (level.cell && (level.cell->input == 0 || level.cell->output == 0))
    return fault("a length of 0 in the grid; expected at least 1");
  if (level.time) {
    if (*level.time <= duration::zero()) return fault("its time is not above 0");
    if (level.requests != 0) return fault("both a number of requests and a time; expected one of them");
    if (!level.outputs.empty() || !level.inputs.empty() || level.blocks)
      return fault("lengths of each request and a time; expected them with a number of requests");
    return std::nullopt;
  }
  if (level.requests == 0) return fault("no requests; expected at least 1");
  if (level.open_loop() && level.offsets.size() != level.requests)
    return fault(fmt::format("{} offsets for {} requests; expected none, or one a request", level.offsets.size(),
                             level.requests));
  if (!level.outputs.empty() && level.outputs.size() != level.requests)
    return fault(fmt::format("{} output budgets for {} requests; expected none, or one a request", level.outputs.size(),
                             level.requests));
  if (!level.inputs.empty() && level.inputs.size() != level.requests)
    return fault(fmt::format("{} prompt lengths for {} requests; expected none, or one a request", level.inputs.size(),
                             level.requests));
  if (level.blocks && level.blocks->size() != level.requests)
    return fault(fmt::format("{} lists of blocks for {} requests; expected none, or one a request",
                             level.blocks->size(), level.requests));
  if (std::find(level.outputs.begin(), level.outputs.end(), 0U) != level.outputs.end())
    return fault("an output budget of 0; expected at least 1");
  return std::nullopt;
}

std::optional<error> fault_of(const dataset& prompts, const request_settings& settings,
                              const std::vector<level_settings>& levels) {
  if (prompts.entries.empty()) return invalid_input("the dataset is empty; expected at least one prompt");
  if (levels.empty()) return invalid_input("no levels; expected at least one");
  for (const level_settings& level : levels)
    if (auto fault = fault_of(level)) return fault;
  const bool lengths = std::any_of(levels.begin(), levels.end(), [](const level_settings& level) {
    return level.cell || level.blocks || !level.inputs.empty();
  });
  if (lengths && !prompts.generator) return invalid_input("prompt lengths for prompts that are not generated");
  return fault_of(settings);
}

// Eight hexadecimal digits: long enough that two requests hardly ever share them, short enough to cost few tokens.
std::string salt_text(const request_settings& settings, const level_settings& level, std::string_view dimension,
                      std::uint64_t index) {
  if (settings.salt == prompt_salt::none) return {};
  const std::uint64_t trial = settings.salt == prompt_salt::trial ? level.trial : 0; // trials count from 1
  const std::uint64_t level_seed = random_stream{settings.seed, dimension, level.level}();
  const std::uint64_t trial_seed = random_stream{level_seed, dimension, trial}();
  return fmt::format("[{:08x}] ", random_stream{trial_seed, dimension, index}() >> 32U);
}

std::optional<duration> offset_of(const std::vector<duration>& offsets, std::uint64_t index) {
  if (offsets.empty()) return std::nullopt;
  return offsets[index];
}

/// What a request's body has that its line of the dataset does not.
struct request_terms {
  std::size_t entry = 0;    // of the template
  std::string text;         // the salt, or a generated prompt
  std::uint32_t input = 0;  // tokens of a generated prompt
  std::uint32_t output = 0; // its own budget; 0: the line's
  std::string digits;       // of that budget; empty: the line's

  [[nodiscard]] body_terms of_body() const { return {.salt = text, .max_tokens = digits}; }
};

prompt_order order_of(const request_settings& settings, const level_settings& level, std::uint64_t content,
                      std::uint64_t index, bool warmup) {
  prompt_order order;
  order.index = content;
  order.warmup = warmup;
  if (settings.salt != prompt_salt::none) order.level = level.level + 1; // 0: the same in all levels
  if (settings.salt == prompt_salt::trial) order.trial = level.trial;
  if (level.cell) {
    order.input = level.cell->input;
    order.output = level.cell->output;
  }
  if (warmup) return order;
  if (!level.inputs.empty()) order.input = std::max(level.inputs[index], 1U);
  if (level.blocks) order.blocks = (*level.blocks)[index];
  return order;
}

} // namespace

struct plan::state {
  state(dataset all, request_settings of_all) : prompts(std::move(all)), settings(std::move(of_all)) {}

  dataset prompts;
  request_settings settings;
  std::optional<body_template> bodies; // of `prompts`; always there once the plan is made
  mutable std::mutex failing;
  mutable std::optional<error> failure;

  /// Null where it can no longer be made, which is noted.
  [[nodiscard]] std::shared_ptr<const prepared_body> body_of(std::size_t entry) const {
    auto prepared = bodies->prepared(entry);
    if (prepared.has_value()) return *std::move(prepared);
    const std::lock_guard lock{failing};
    if (!failure) failure = prepared.error();
    return nullptr;
  }

  /// The same for all copies of a request.
  [[nodiscard]] std::uint64_t content_of(std::uint64_t index) const { return index / settings.copies; }

  [[nodiscard]] std::size_t entry_of(std::uint64_t content) const { return content % prompts.entries.size(); }

  [[nodiscard]] request_terms terms_of(const level_settings& level, std::uint64_t index, bool warmup) const {
    const std::uint64_t content = content_of(index);
    request_terms terms;
    if (!warmup && !level.outputs.empty()) terms.output = level.outputs[index];
    if (prompts.generator) {
      made_prompt made = prompts.generator->at(order_of(settings, level, content, index, warmup));
      terms.text = std::move(made.text);
      terms.input = made.input;
      if (terms.output == 0) terms.output = made.output.value_or(0);
    } else {
      terms.entry = entry_of(content);
      terms.text = salt_text(settings, level, warmup ? "warmup-salt" : "salt", content);
    }
    if (terms.output != 0) terms.digits = fmt::format("{}", terms.output);
    return terms;
  }

  [[nodiscard]] planned_request request(const level_settings& level, std::uint64_t index, bool warmup) const {
    const request_terms terms = terms_of(level, index, warmup);
    planned_request made;
    made.index = index;
    made.offset = offset_of(warmup ? level.warmup_offsets : level.offsets, index);
    made.dataset_line = static_cast<std::uint32_t>(prompts.generator ? content_of(index) : terms.entry);
    const auto body = body_of(terms.entry);
    if (!body) return made;
    made.asked_input = body->salt_at ? terms.input : 0; // extra_body may have taken the prompt's place
    made.asked_output = terms.output != 0 && body->takes_max_tokens() ? terms.output : body->max_tokens;
    made.body = bodies->body(*body, terms.of_body());
    return made;
  }
};

plan::plan(std::shared_ptr<const state> made, std::vector<level_settings> levels)
    : state_(std::move(made)),
      levels_(std::make_shared<const std::vector<level_settings>>(std::move(levels))) {}

result<plan> plan::make(dataset prompts, request_settings settings, std::vector<level_settings> levels) {
  if (auto fault = fault_of(prompts, settings, levels)) return *std::move(fault);
  const auto made = std::make_shared<state>(std::move(prompts), std::move(settings));
  auto bodies = body_template::make(made->prompts, made->settings);
  if (bodies.has_error()) return bodies.error();
  made->bodies = *std::move(bodies);
  return plan{made, std::move(levels)};
}

result<plan> plan::with_level(level_settings level) const {
  if (auto fault = fault_of(level)) return *std::move(fault);
  std::vector<level_settings> longer = *levels_;
  longer.push_back(std::move(level));
  return plan{state_, std::move(longer)};
}

const std::vector<level_settings>& plan::levels() const noexcept {
  return *levels_;
}

const request_settings& plan::settings() const noexcept {
  return state_->settings;
}

const dataset& plan::prompts() const noexcept {
  return state_->prompts;
}

planned_request plan::at(std::size_t level, std::uint64_t index) const {
  return state_->request((*levels_)[level], index, false);
}

std::optional<error> plan::failure() const {
  const std::lock_guard lock{state_->failing};
  return state_->failure;
}

planned_request plan::warmup(std::size_t level, std::uint64_t index) const {
  return state_->request((*levels_)[level], index, true);
}

std::uint64_t plan::hashed_requests(std::size_t level, const std::vector<std::uint64_t>& sent) const {
  const level_settings& of_level = (*levels_)[level];
  if (!of_level.time) return of_level.requests;
  return level < sent.size() ? sent[level] : 0;
}

// For each level of duration mode `T<nanoseconds>,`, and for each request `OFFSET,PATH_BYTES:PATH,BODY_BYTES:BODY,`: as
// no field can run into the next, no two different plans give the same bytes. docs/datasets.md has the definition for
// other programs.
std::string plan::sha256(const std::vector<std::uint64_t>& sent) const {
  const std::string_view path = endpoint_path(state_->settings.answers());
  loadgen::sha256 hash;
  fmt::memory_buffer head;
  for (std::size_t place = 0; place < levels_->size(); ++place) {
    const level_settings& level = (*levels_)[place];
    if (level.time) hash.update(fmt::format("T{},", level.time->count()));
    for (std::uint64_t index = 0; index < hashed_requests(place, sent); ++index) {
      const request_terms terms = state_->terms_of(level, index, false);
      const auto body = state_->body_of(terms.entry);
      if (!body) return {};
      const auto pieces = body->without_model(terms.of_body());
      const auto offset = offset_of(level.offsets, index);
      head.clear();
      if (offset)
        fmt::format_to(std::back_inserter(head), "{}", offset->count());
      else
        head.push_back('-');
      std::size_t body_size = 0;
      for (const std::string_view piece : pieces) body_size += piece.size();
      fmt::format_to(std::back_inserter(head), ",{}:{},{}:", path.size(), path, body_size);
      hash.update({head.data(), head.size()});
      for (const std::string_view piece : pieces) hash.update(piece);
      hash.update(",");
    }
  }
  return hash.hex_digest();
}

} // namespace loadgen::workload
