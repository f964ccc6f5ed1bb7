#include "metrics/conversations.hpp"

#include "metrics/request_figures.hpp"

namespace loadgen::metrics {

void conversation_counter::add(const request_record& record) {
  if (record.warmup || !record.conversation) return;
  follow(record);
  turn_samples& turn = turns_.try_emplace(record.conversation->turn, keep_).first->second;
  ++turn.counts.issued;
  if (record.end == outcome::failed) ++turn.counts.failed;
  if (record.end == outcome::completed) {
    ++turn.counts.completed;
    add_figures(turn, record);
  }
}

void conversation_counter::follow(const request_record& record) {
  const conversation_place& place = *record.conversation;
  if (place.turn == 1) {
    ++counts_.begun;
    under_way_[place.number] = record.sent;
  }
  const bool last = place.turn == place.turns;
  if (record.end == outcome::completed && !last) return;
  const auto begun = under_way_.find(place.number);
  if (record.end == outcome::failed) ++counts_.failed;
  if (record.end == outcome::completed) {
    ++counts_.completed;
    if (begun != under_way_.end() && begun->second && record.done) durations_.add(to_s(*record.done - *begun->second));
  }
  if (begun != under_way_.end()) under_way_.erase(begun);
}

void conversation_counter::add_figures(turn_samples& of, const request_record& record) {
  of.output.add(static_cast<double>(output_tokens(record)));
  if (record.usage.input) of.input.add(static_cast<double>(*record.usage.input));
  if (record.usage.input && record.usage.cached) {
    of.any_cached = true;
    of.input_told += *record.usage.input;
    of.cached_told += *record.usage.cached;
  }
  if (record.chunks.empty()) return;
  if (const auto sample = ttft_ms(record)) of.ttft.add(*sample);
  if (const auto sample = tpot_ms(record)) of.tpot.add(*sample);
  if (const auto sample = e2e_ms(record)) of.e2e.add(*sample);
}

std::optional<conversation_summary> conversation_counter::summary(const level_info& level) {
  if (turns_.empty()) return std::nullopt;
  conversation_summary summary = counts_;
  summary.planned = level.planned_conversations;
  summary.cut_off = summary.begun - summary.completed - summary.failed;
  summary.duration_s = durations_.describe();
  for (auto& [number, turn] : turns_) {
    turn_summary& described = summary.turns.emplace_back(turn.counts);
    described.turn = number;
    described.ttft_ms = turn.ttft.describe();
    described.tpot_ms = turn.tpot.describe();
    described.e2e_ms = turn.e2e.describe();
    described.input_tokens = turn.input.describe();
    described.output_tokens = turn.output.describe();
    if (turn.any_cached && turn.input_told > 0)
      described.cached_input_share = static_cast<double>(turn.cached_told) / static_cast<double>(turn.input_told);
  }
  return summary;
}

} // namespace loadgen::metrics
