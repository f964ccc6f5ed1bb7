#pragma once

#include "metrics/running_counter.hpp"

namespace loadgen::client {

/// What the streams of one receive loop have brought so far, for whoever looks at a run that is going on. Only the
/// loop's thread adds to it. No report is made from it: those have the records.
struct stream_meter {
  metrics::running_counter content_events;
  metrics::running_counter coalesced_behind; ///< of them, those that the audit counts against the client
  metrics::running_counter user_stamped;     ///< of them, those without a kernel stamp
  metrics::running_histogram ttft;           ///< of the first content event of each attempt, from the request's `sent`
  metrics::running_histogram itl;
};

} // namespace loadgen::client
