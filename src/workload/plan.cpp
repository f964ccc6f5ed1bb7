#include "workload/body_layout.hpp"
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

std::optional<error> fault_of(const std::vector<model_share>& shares, std::string_view what) {
  double sum = 0;
  for (const model_share& share : shares) {
    if (!(std::isfinite(share.weight) && share.weight >= 0))
      return invalid_input(
          fmt::format("{} '{}' has the weight {}; expected a number of at least 0", what, share.name, share.weight));
    sum += share.weight;
  }
  if (!shares.empty() && !(std::isfinite(sum) && sum > 0))
    return invalid_input(
        fmt::format("the weights of the {}s are {} together; expected a finite sum above 0", what, sum));
  return std::nullopt;
}

std::optional<error> fault_of(const request_settings& settings) {
  if (auto fault = fault_of(settings.models, "model")) return fault;
  if (auto fault = fault_of(settings.loras, "adapter")) return fault;
  const body_layout& layout = layout_of(settings.endpoint);
  const auto no_such = [&](std::string_view setting) {
    return invalid_input(fmt::format("requests to {} cannot ask for {}; expected it only where the endpoint has it",
                                     to_string(settings.endpoint), setting));
  };
  if (!settings.stop.empty() && layout.stop.empty()) return no_such("stop texts");
  if (settings.min_tokens && layout.min_tokens.empty()) return no_such("a shortest answer");
  if (settings.sampling_seed && layout.seed.empty()) return no_such("a sampling seed");
  if (settings.seed_each && (layout.seed.empty() || !layout.options.empty())) return no_such("a sampling seed of each");
  if (settings.sampling_seed && settings.seed_each)
    return invalid_input("one sampling seed for all requests, and one for each; expected one of them");
  if (settings.min_tokens && settings.max_tokens && *settings.min_tokens > *settings.max_tokens)
    return invalid_input(fmt::format("min_tokens is {} and max_tokens {}; expected no more than that",
                                     *settings.min_tokens, *settings.max_tokens));
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
std::optional<error> fault_of(const level_settings& level, const conversation_order* order, std::size_t entries) {
  const auto fault = [&level](std::string_view what) {
    return invalid_input(fmt::format("level {}, trial {}: {}", level.level, level.trial, what));
  };
  if (order != nullptr && !level.outputs.empty())
    return fault("output budgets for requests of conversations; expected none");
  if (order != nullptr && !(level.lines.empty() && level.warmup_lines.empty()))
    return fault("lines for requests of conversations; expected none");
  if (level.cell && (level.cell->input == 0 || level.cell->output == 0))
    return fault("a length of 0 in the grid; expected at least 1");
  if (level.time) {
    if (*level.time <= duration::zero()) return fault("its time is not above 0");
    if (level.requests != 0) return fault("both a number of requests and a time; expected one of them");
    if (!level.outputs.empty() || !level.inputs.empty() || level.blocks)
      return fault("lengths of each request and a time; expected them with a number of requests");
    if (!level.lines.empty()) return fault("lines and a time; expected them with a number of requests");
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
  if (!level.inputs.empty() && level.inputs.size() != level.requests)
    return fault(fmt::format("{} prompt lengths for {} requests; expected none, or one a request", level.inputs.size(),
                             level.requests));
  if (level.blocks && level.blocks->size() != level.requests)
    return fault(fmt::format("{} lists of blocks for {} requests; expected none, or one a request",
                             level.blocks->size(), level.requests));
  if (std::find(level.outputs.begin(), level.outputs.end(), 0U) != level.outputs.end())
    return fault("an output budget of 0; expected at least 1");
  if (!level.lines.empty() && level.lines.size() != level.requests)
    return fault(
        fmt::format("{} lines for {} requests; expected none, or one a request", level.lines.size(), level.requests));
  if (!level.warmup_lines.empty() && level.warmup_lines.size() != level.warmup_offsets.size())
    return fault(fmt::format("{} lines for {} warm-up requests; expected none, or one a request",
                             level.warmup_lines.size(), level.warmup_offsets.size()));
  const auto beyond = [entries](std::uint32_t line) { return line >= entries; };
  if (std::any_of(level.lines.begin(), level.lines.end(), beyond) ||
      std::any_of(level.warmup_lines.begin(), level.warmup_lines.end(), beyond))
    return fault("a line that the dataset does not have");
  return std::nullopt;
}

std::optional<error> fault_of(const dataset& prompts, const request_settings& settings,
                              const std::vector<level_settings>& levels, const conversation_order* order) {
  if (prompts.entries.empty()) return invalid_input("the dataset is empty; expected at least one prompt");
  if (levels.empty()) return invalid_input("no levels; expected at least one");
  for (const level_settings& level : levels)
    if (auto fault = fault_of(level, order, prompts.entries.size())) return fault;
  const bool lengths = std::any_of(levels.begin(), levels.end(), [](const level_settings& level) {
    return level.cell || level.blocks || !level.inputs.empty();
  });
  if (lengths && !prompts.generator) return invalid_input("prompt lengths for prompts that are not generated");
  return fault_of(settings);
}

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

request_terms plan::state::terms_of(const level_settings& level, std::uint64_t index, bool warmup) const {
  const std::uint64_t content = content_of(index);
  request_terms terms;
  terms.members = draws.members_of(level.level, content, warmup);
  terms.model = draws.model_of(level.level, content, warmup);
  if (!warmup && !level.outputs.empty()) terms.output = level.outputs[index];
  if (prompts.generator) {
    made_prompt made = prompts.generator->at(order_of(settings, level, content, index, warmup));
    terms.text = std::move(made.text);
    terms.input = made.input;
    if (terms.output == 0) terms.output = made.output.value_or(0);
  } else {
    terms.entry = entry_of(warmup ? level.warmup_lines : level.lines, index);
    terms.text = salt_text(settings, level, warmup ? "warmup-salt" : "salt", content);
  }
  if (terms.output != 0) terms.digits = fmt::format("{}", terms.output);
  return terms;
}

planned_request plan::state::request(const level_settings& level, std::uint64_t index, bool warmup) const {
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
  if (auto fault = fault_of(level, nullptr, state_->prompts.entries.size())) return *std::move(fault);
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
      const request_terms terms = state_->terms_of(level, index, false);
      const auto body = state_->body_of(terms.entry);
      if (!body) return {};
      hash.add(offset_text(offset_of(level.offsets, index)), body->without_model(terms.of_body()));
    }
  }
  return hash.digest();
}

} // namespace loadgen::workload
