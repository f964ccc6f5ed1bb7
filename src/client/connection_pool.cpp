#include "client/connection_pool.hpp"

#include <algorithm>
#include <utility>

namespace loadgen::client {

namespace {

using namespace std::chrono_literals;

// A fifth less than the server's limit, so that a request never races the server's own close.
duration idle_limit(const http::keep_alive_limits& limits) {
  constexpr duration longest = 4s;
  return limits.timeout ? std::min(longest, duration{*limits.timeout} * 4 / 5) : longest;
}

bool worn_out(const pooled_connection& used) {
  return used.limits.max && used.served >= *used.limits.max;
}

} // namespace

pooled_connection connection_pool::take(instant now) {
  const auto fresh = std::find_if(idle_.begin(), idle_.end(), [now](const pooled_connection& candidate) {
    return now - candidate.idle_since < idle_limit(candidate.limits);
  });
  for (auto old = idle_.begin(); old != fresh; ++old) retire(*old);
  idle_.erase(idle_.begin(), fresh);
  if (idle_.empty()) return {};
  pooled_connection taken = std::move(idle_.back());
  idle_.pop_back();
  return taken;
}

void connection_pool::give_back(pooled_connection used, instant now) {
  if (seen_ == keeping::closed || worn_out(used) || !used.link->usable()) return retire(used);
  used.idle_since = now;
  idle_.push_back(std::move(used));
}

void connection_pool::account(pooled_connection& used) {
  const auto figures = used.link->tcp();
  if (!figures) return;
  if (figures->min_rtt && (!tcp_.min_rtt || *figures->min_rtt < *tcp_.min_rtt)) tcp_.min_rtt = figures->min_rtt;
  tcp_.retransmits = tcp_.retransmits.value_or(0) + (figures->retransmits - used.retransmits_told);
  used.retransmits_told = figures->retransmits;
}

void connection_pool::clear() {
  for (const pooled_connection& old : idle_) retire(old);
  idle_.clear();
}

} // namespace loadgen::client
