#include "metrics/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::metrics {

namespace {

void doubt(audit& trust, verdict judgement, std::string reason) {
  trust.judgement = std::max(trust.judgement, judgement);
  trust.reasons.push_back(std::move(reason));
}

/// `sentence` has places for the figure and the limit it is above, both times `scale`.
void hold_to_limit(audit& trust, const std::optional<double>& figure, const audit_limit& limit, double scale,
                   fmt::format_string<const double&, const double&> sentence) {
  if (!figure || *figure <= limit.degraded) return;
  const bool is_bound = *figure > limit.client_bound;
  const double shown = *figure * scale;
  const double shown_limit = (is_bound ? limit.client_bound : limit.degraded) * scale;
  doubt(trust, is_bound ? verdict::client_bound : verdict::degraded, fmt::format(sentence, shown, shown_limit));
}

} // namespace

void judge(audit& trust) {
  trust.judgement = verdict::ok;
  trust.reasons.clear();
  hold_to_limit(
      trust, trust.busy_fraction, busy_fraction_limit, 100,
      "one worker spent {:.4g} % of the phase in stretches of more than 10 ms without a sleep, above {:.4g} %");
  hold_to_limit(trust, trust.coalesced_behind_fraction, coalesced_behind_limit, 100,
                "{:.4g} % of content events were coalesced while the client was behind, above {:.4g} %");
  hold_to_limit(trust, trust.send_lag_ms.p99, send_lag_p99_limit_ms, 1, "send lag p99 {:.4g} ms is above {:.4g} ms");
  if (!trust.kernel_timestamps)
    doubt(trust, verdict::degraded, "content events without a kernel timestamp: their arrival is when they were read");
  if (trust.longest_stall_ms && *trust.longest_stall_ms >= longest_stall_limit_ms)
    doubt(trust, verdict::degraded,
          fmt::format("the process did not run for {:.4g} ms at a stretch, {:.4g} ms or more", *trust.longest_stall_ms,
                      longest_stall_limit_ms));
  if (!trust.longest_stall_ms)
    doubt(trust, verdict::degraded,
          "worker figures (busy time, stalls) are missing: lateness of the client may have gone unseen");
}

} // namespace loadgen::metrics
