#include "workload/plan_state.hpp"
#include "workload/workload_hasher.hpp"

#include <loadgen/base/random.hpp>
#include <loadgen/workload/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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

/// `order`: null where the dataset has no conversations.
std::optional<error> fault_of(const level_settings& level, const conversation_order* order) {
  const auto fault = [&level](std::string_view what) {
    return invalid_input(fmt::format("level {}, trial {}: {}", level.level, level.trial, what));
  };
  if (order != nullptr && !level.outputs.empty())
    return fault("output budgets for requests of conversations; expected none");
  if (level.time) {
    if (*level.time <= duration::zero()) return fault("its time is not above 0");
    if (level.requests != 0) return fault("both a number of requests and a time; expected one of them");
    if (!level.outputs.empty()) return fault("output budgets and a time; expected them with a number of requests");
    return std::nullopt;
  }
  if (level.requests == 0) return fault("no requests; expected at least 1");
  const std::uint64_t issued = order != nullptr ? order->conversations_for(level.requests) : level.requests;
  if (order != nullptr && level.open_loop() && level.offsets.size() != issued)
    return fault(fmt::format("{} offsets for {} conversations; expected none, or one a conversation",
                             level.offsets.size(), issued));
  if (level.open_loop() && level.offsets.size() != issued)
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
                              const std::vector<level_settings>& levels, const conversation_order* order) {
  if (prompts.entries.empty()) return invalid_input("the dataset is empty; expected at least one prompt");
  if (levels.empty()) return invalid_input("no levels; expected at least one");
  for (const level_settings& level : levels)
    if (auto fault = fault_of(level, order)) return fault;
  return fault_of(settings);
}

/// A request's own output budget in digits; empty where it has none.
std::string output_text(const level_settings& level, std::uint64_t index) {
  return level.outputs.empty() ? std::string{} : fmt::format("{}", level.outputs[index]);
}

} // namespace

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

std::shared_ptr<const prepared_body> plan::state::body_of(std::size_t entry) const {
  auto prepared = bodies->prepared(entry);
  if (prepared.has_value()) return *std::move(prepared);
  note(prepared.error());
  return nullptr;
}

void plan::state::note(error why) const {
  const std::lock_guard lock{failing};
  if (!failure) failure = std::move(why);
}

planned_request plan::state::request(const level_settings& level, std::string_view salt_dimension, std::uint64_t index,
                                     std::string_view output) const {
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

plan::plan(std::shared_ptr<const state> made, std::vector<level_settings> levels)
    : state_(std::move(made)),
      levels_(std::make_shared<const std::vector<level_settings>>(std::move(levels))) {}

result<plan> plan::make(dataset prompts, request_settings settings, std::vector<level_settings> levels) {
  std::optional<conversation_order> order;
  if (prompts.has_conversations && !prompts.entries.empty() && settings.copies > 0) {
    auto read = conversation_order::make(prompts, settings.copies);
    if (read.has_error()) return read.error();
    order = *std::move(read);
  }
  if (auto fault = fault_of(prompts, settings, levels, order ? &*order : nullptr)) return *std::move(fault);
  const auto made = std::make_shared<state>(std::move(prompts), std::move(settings));
  auto bodies = body_template::make(made->prompts, made->settings);
  if (bodies.has_error()) return bodies.error();
  made->bodies = *std::move(bodies);
  made->order = std::move(order);
  return plan{made, std::move(levels)};
}

result<plan> plan::with_level(level_settings level) const {
  if (state_->order) return invalid_input("a level added to a plan of conversations; expected a dataset without turns");
  if (auto fault = fault_of(level, nullptr)) return *std::move(fault);
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
  if (state_->order) return request_in_talk(level, index);
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
  if (!of_level.time) return conversations(level).value_or(of_level.requests);
  return level < sent.size() ? sent[level] : 0;
}

std::string plan::sha256(const std::vector<std::uint64_t>& sent) const {
  workload_hasher hash{endpoint_path(state_->settings.answers())};
  for (std::size_t place = 0; place < levels_->size(); ++place) {
    const level_settings& level = (*levels_)[place];
    hash.begin_level(level);
    for (std::uint64_t index = 0; index < hashed_requests(place, sent); ++index) {
      if (state_->order) {
        const bool read = put_talk_into(hash, talk(place, index));
        if (!read) return {};
        continue;
      }
      const std::uint64_t content = state_->content_of(index);
      const std::string salt = salt_text(state_->settings, level, "salt", content);
      const std::string output = output_text(level, index);
      const auto body = state_->body_of(state_->entry_of(content));
      if (!body) return {};
      hash.add(offset_text(offset_of(level.offsets, index)), body->without_model({.salt = salt, .max_tokens = output}));
    }
  }
  return hash.digest();
}

} // namespace loadgen::workload
