#pragma once

#include "protocol/stream_base.hpp"

#include <string_view>

namespace loadgen::protocol {

/// OpenAI's responses endpoint: typed events, told by the payload's `type`, or by the event's where a server leaves
/// that out. Content is the `delta` of text, refusals, reasoning (its summary too) and the arguments or inputs of
/// calls. It ends with response.completed or response.incomplete, which bring the usage; response.failed and `error`
/// are in-band errors.
class responses_stream final : public scanned_stream {
public:
  responses_stream();

  [[nodiscard]] std::string_view end_mark_name() const noexcept override {
    return "response.completed or response.incomplete";
  }

private:
  event_facts read(std::string_view type) override;
  void take_end();
};

} // namespace loadgen::protocol
