#include "workload/plan_state.hpp"
#include "workload/workload_hasher.hpp"

#include <loadgen/base/random.hpp>
#include <loadgen/workload/plan.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

bool plan::has_conversations() const noexcept {
  return state_->order.has_value();
}

const conversation_order& plan::order() const noexcept {
  return *state_->order;
}

std::optional<std::uint64_t> plan::conversations(std::size_t level) const {
  const level_settings& planned = (*levels_)[level];
  if (!state_->order) return std::nullopt;
  if (planned.open_loop()) return planned.offsets.size();
  if (planned.time) return std::nullopt;
  return state_->order->conversations_for(planned.requests);
}

// Think times differ from trial to trial, as arrivals do.
conversation plan::hold(std::size_t level, std::uint64_t number, std::uint64_t requests, bool warmup) const {
  const level_settings& of_level = (*levels_)[level];
  const conversation_order& order = *state_->order;
  const std::uint64_t content = state_->content_of(number);
  const std::string_view thinking = warmup ? "warmup-think-time" : "think-time";
  const std::uint64_t trial = std::uint64_t{of_level.level} << 32U | of_level.trial;
  const std::uint64_t trial_seed = random_stream{state_->settings.seed, thinking, trial}();

  conversation made{*this};
  made.number_ = number;
  made.entry_ = order.line_of(number);
  made.body_ = state_->body_of(made.entry_);
  if (made.body_ && std::max<std::size_t>(made.body_->turns.size(), 1) != order.turns_of(number)) {
    state_->note({errc::io, "a line of the dataset has changed since it was read first"});
    made.body_.reset();
  }
  made.first_index_ = order.requests_before(number);
  made.turns_ = order.turns_of(number);
  if (requests > 0)
    made.turns_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(made.turns_, requests - made.first_index_));
  made.offset_ = offset_of(warmup ? of_level.warmup_offsets : of_level.offsets, number);
  made.salt_ = salt_text(state_->settings, of_level, warmup ? "warmup-salt" : "salt", content);
  made.think_seed_ = random_stream{trial_seed, thinking, content}();
  return made;
}

conversation plan::talk(std::size_t level, std::uint64_t number) const {
  return hold(level, number, (*levels_)[level].requests, false);
}

conversation plan::warmup_talk(std::size_t level, std::uint64_t number, std::uint64_t requests) const {
  return hold(level, number, requests, true);
}

planned_request plan::request_in_talk(std::size_t level, std::uint64_t index) const {
  conversation held = talk(level, state_->order->conversation_at(index));
  while (held.body_ && held.first_index_ + held.asked() < index) held.say(std::nullopt);
  return held.next();
}

// False where its line can no longer be read.
bool plan::put_talk_into(workload_hasher& hash, conversation held) {
  if (!held.body_) return false;
  while (!held.over()) {
    const std::string offset =
        held.asked() == 0 ? offset_text(held.offset()) : fmt::format("+{}", held.think_time().count());
    held.say(std::nullopt);
    hash.add(offset, held.body_->without_model(
                         {.salt = held.salt_, .max_tokens = held.max_tokens_, .further_messages = held.messages_}));
  }
  return true;
}

bool conversation::needs_reply() const noexcept {
  return asked_ > 0 && !over() && plan_.state_->settings.conversations.replies == reply_source::server;
}

duration conversation::think_time() const {
  if (asked_ == 0) return duration::zero();
  const std::optional<workload::think_time>& asked_for = plan_.state_->settings.conversations.thinking;
  if (asked_for) return draw_think_time(*asked_for, random_stream{think_seed_, "turn", asked_});
  return body_->turns[asked_].think_time;
}

void conversation::say(std::optional<std::string_view> reply) {
  if (asked_ > 0) {
    if (!needs_reply()) reply = body_->turns[asked_ - 1].reply;
    body_->append_turn(messages_, asked_, reply);
  }
  asked_output_ = body_->turn_max_tokens(asked_);
  max_tokens_ = body_->takes_max_tokens() ? fmt::to_string(asked_output_) : "";
  ++asked_;
}

planned_request conversation::next(std::optional<std::string_view> reply) {
  planned_request made;
  made.index = first_index_ + asked_;
  made.dataset_line = static_cast<std::uint32_t>(entry_);
  if (asked_ == 0) made.offset = offset_;
  made.place = turn_place{.conversation = number_, .turn = asked_ + 1, .turns = turns_};
  if (!body_) return made;
  say(reply);
  made.asked_output = asked_output_;
  made.body =
      plan_.state_->bodies->body(*body_, {.salt = salt_, .max_tokens = max_tokens_, .further_messages = messages_});
  return made;
}

} // namespace loadgen::workload
