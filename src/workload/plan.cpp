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
  if (level.time) {
    if (*level.time <= duration::zero()) return fault("its time is not above 0");
    if (level.requests != 0) return fault("both a number of requests and a time; expected one of them");
    if (!level.outputs.empty()) return fault("output budgets and a time; expected them with a number of requests");
    return std::nullopt;
  }
  if (level.requests == 0) return fault("no requests; expected at least 1");
  if (level.open_loop() && level.offsets.size() != level.requests)
    return fault(fmt::format("{} offsets for {} requests; expected none, or one a request", level.offsets.size(),
                             level.requests));
  if (!level.outputs.empty() && level.outputs.size() != level.requests)
    return fault(fmt::format("{} output budgets for {} requests; expected none, or one a request", level.outputs.size(),
                             level.requests));
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

/// A request's own output budget in digits; empty where it has none.
std::string output_text(const level_settings& level, std::uint64_t index) {
  return level.outputs.empty() ? std::string{} : fmt::format("{}", level.outputs[index]);
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

  [[nodiscard]] planned_request request(const level_settings& level, std::string_view salt_dimension,
                                        std::uint64_t index, std::string_view output) const {
    const std::uint64_t content = content_of(index);
    const std::size_t entry = entry_of(content);
    const std::string salt = salt_text(settings, level, salt_dimension, content);
    planned_request made;
    made.index = index;
    made.dataset_line = static_cast<std::uint32_t>(entry);
    const auto body = body_of(entry);
    if (!body) return made;
    made.asked_output = body->max_tokens;
    if (!output.empty() && body->takes_max_tokens()) made.asked_output = level.outputs[index];
    made.body = bodies->body(*body, {.salt = salt, .max_tokens = output});
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
  const level_settings& of_level = (*levels_)[level];
  planned_request made = state_->request(of_level, "salt", index, output_text(of_level, index));
  made.offset = offset_of(of_level.offsets, index);
  return made;
}

std::optional<error> plan::failure() const {
  const std::lock_guard lock{state_->failing};
  return state_->failure;
}

planned_request plan::warmup(std::size_t level, std::uint64_t index) const {
  const level_settings& of_level = (*levels_)[level];
  planned_request made = state_->request(of_level, "warmup-salt", index, {});
  made.offset = offset_of(of_level.warmup_offsets, index);
  return made;
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
      const std::uint64_t content = state_->content_of(index);
      const std::string salt = salt_text(state_->settings, level, "salt", content);
      const std::string output = output_text(level, index);
      const auto body = state_->body_of(state_->entry_of(content));
      if (!body) return {};
      const auto pieces = body->without_model({.salt = salt, .max_tokens = output});
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
