#include "definitions/samples.hpp"

#include <algorithm>

namespace loadgen::definitions {

namespace {

using figure = std::optional<double>;

/// How many tokens have a stamp of their own: as many as were counted, and one an event at least.
std::uint64_t stamped_tokens(const observed_request& request) noexcept {
  return std::max<std::uint64_t>(request.tokens, request.token_events.size());
}

figure per_token(duration span, std::uint64_t tokens) noexcept {
  if (tokens == 0) return std::nullopt;
  return to_ms(span) / static_cast<double>(tokens);
}

std::uint64_t tokens_after_first(const observed_request& request) noexcept {
  return request.tokens > 0 ? request.tokens - 1 : 0;
}

duration between_tokens(const observed_request& request) noexcept {
  return request.token_events.back() - request.token_events.front();
}

/// The time TPOT is taken over, and the tokens it is divided by.
figure tpot_by(const observed_request& request, const rules& by) noexcept {
  // A tool that goes on without a first token has a TTFT of 0.
  const instant first = request.empty() ? request.start : request.token_events.front();
  switch (by.tpot) {
  case tpot_rule::none: return std::nullopt;
  case tpot_rule::after_first:
    if (request.end - first < by.shortest_generation) return std::nullopt;
    return per_token(request.end - first, tokens_after_first(request));
  case tpot_rule::between_tokens:
    if (request.empty() || stamped_tokens(request) < 2) return std::nullopt;
    return per_token(between_tokens(request), tokens_after_first(request));
  case tpot_rule::with_first:
    return per_token((request.empty() ? request.end : request.token_events.back()) - request.start, request.tokens);
  }
  return std::nullopt;
}

void add(figure value, std::uint64_t weight, const rules& by, weighted_samples& to) {
  if (!value || (by.weighted_by_tokens && weight == 0)) return;
  to.values.push_back(*value);
  if (by.weighted_by_tokens) to.weights.push_back(static_cast<double>(weight));
}

void add_gaps(const observed_request& request, const rules& by, std::vector<double>& gaps) {
  const auto& events = request.token_events;
  for (std::size_t i = 1; i < events.size(); ++i) gaps.push_back(to_ms(events[i] - events[i - 1]));
  if (by.itl == itl_rule::token_gaps && !request.empty())
    gaps.insert(gaps.end(), static_cast<std::size_t>(stamped_tokens(request) - events.size()), 0.0);
}

} // namespace

figure ttft_ms(const observed_request& request, const rules& by) noexcept {
  if (request.empty()) return by.empty == empty_answer::zero ? figure{0} : std::nullopt;
  if (by.ttft_needs_two_tokens && stamped_tokens(request) < 2) return std::nullopt;
  return to_ms(request.token_events.front() - request.start);
}

figure tpot_ms(const observed_request& request, const rules& by) noexcept {
  return tpot_by(request, by);
}

double e2e_ms(const observed_request& request) noexcept {
  return to_ms(request.end - request.start);
}

figure mean_itl_ms(const observed_request& request, const rules& by) noexcept {
  // A tool that makes one sample of each request puts a 0 where there was nothing to measure.
  if (request.empty())
    return by.itl == itl_rule::mean_of_request || by.itl == itl_rule::mean_with_first ? figure{0} : std::nullopt;
  switch (by.itl) {
  case itl_rule::none: return std::nullopt;
  case itl_rule::event_gaps: return per_token(between_tokens(request), request.token_events.size() - 1);
  case itl_rule::token_gaps: return per_token(between_tokens(request), stamped_tokens(request) - 1);
  case itl_rule::mean_of_request: return per_token(between_tokens(request), tokens_after_first(request));
  case itl_rule::mean_with_first: return per_token(request.token_events.back() - request.start, request.tokens);
  }
  return std::nullopt;
}

void add_samples(const observed_request& request, const rules& by, latency_samples& to) {
  const auto samples_of = [&to](latency which) -> weighted_samples& { return to[static_cast<std::size_t>(which)]; };
  if (const figure ttft = ttft_ms(request, by)) samples_of(latency::ttft).values.push_back(*ttft);
  samples_of(latency::e2e).values.push_back(e2e_ms(request));
  add(tpot_ms(request, by), request.tokens, by, samples_of(latency::tpot));
  if (by.itl == itl_rule::event_gaps || by.itl == itl_rule::token_gaps)
    add_gaps(request, by, samples_of(latency::itl).values);
  else
    add(mean_itl_ms(request, by), tokens_after_first(request), by, samples_of(latency::itl));
}

} // namespace loadgen::definitions
