#pragma once

#include "engine/record_pump.hpp"
#include "recording/exchange_recorder.hpp"
#include "recording/text_recorder.hpp"

namespace loadgen::engine {

/// Where what comes of a run's requests goes.
struct keepers {
  record_pump& records;
  recording::exchange_recorder* exchanges = nullptr; ///< null: bytes are not kept
  recording::text_recorder* texts = nullptr;         ///< null: answers are not kept
};

} // namespace loadgen::engine
