#include "engine/live_source.hpp"

#include <algorithm>
#include <mutex>

namespace loadgen::engine {

double live_counts::tokens_received() const noexcept {
  const auto events = static_cast<double>(content_events);
  if (answered_events == 0) return events;
  return events * static_cast<double>(output_tokens) / static_cast<double>(answered_events);
}

namespace {

constexpr std::array counters{&live_counts::issued,         &live_counts::completed,     &live_counts::failed,
                              &live_counts::cancelled,      &live_counts::dropped,       &live_counts::retries,
                              &live_counts::content_events, &live_counts::user_stamped,  &live_counts::coalesced_behind,
                              &live_counts::input_tokens,   &live_counts::output_tokens, &live_counts::answered_events};
constexpr std::array histograms{&live_counts::ttft, &live_counts::itl, &live_counts::e2e, &live_counts::send_lag};

} // namespace

live_counts& live_counts::operator+=(const live_counts& other) {
  for (const auto counter : counters) this->*counter += other.*counter;
  for (std::size_t i = 0; i < causes.size(); ++i) causes[i] += other.causes[i];
  for (const auto histogram : histograms) this->*histogram += other.*histogram;
  return *this;
}

live_counts& live_counts::operator-=(const live_counts& earlier) {
  for (const auto counter : counters) this->*counter -= std::min(this->*counter, earlier.*counter);
  for (std::size_t i = 0; i < causes.size(); ++i) causes[i] -= std::min(causes[i], earlier.causes[i]);
  for (const auto histogram : histograms) this->*histogram -= earlier.*histogram;
  return *this;
}

struct live_statistics::state {
  std::mutex mutex;
  const live_source* source = nullptr;
  live_snapshot last;
};

live_statistics::live_statistics() : state_(std::make_unique<state>()) {}

live_statistics::~live_statistics() = default;

live_snapshot live_statistics::snapshot() const {
  const std::lock_guard lock{state_->mutex};
  return state_->source != nullptr ? state_->source->snapshot() : state_->last;
}

live_attachment::live_attachment(live_statistics* shown, const live_source& source) : shown_(shown) {
  if (shown_ == nullptr) return;
  const std::lock_guard lock{shown_->state_->mutex};
  shown_->state_->source = &source;
}

live_attachment::~live_attachment() {
  if (shown_ == nullptr) return;
  const std::lock_guard lock{shown_->state_->mutex};
  shown_->state_->last = shown_->state_->source->snapshot();
  shown_->state_->source = nullptr;
}

} // namespace loadgen::engine
