#pragma once

#include "protocol/payload_parser.hpp"
#include "protocol/stream_base.hpp"
#include "protocol/usage_tally.hpp"

namespace loadgen::protocol {

/// Streams of OpenAI's chat and completions endpoints, as the engines of today really send them.
///
/// Content is any choice's non-empty delta.content, delta.reasoning or reasoning_content, arguments of a tool or
/// function call, or text; an event with only a role, a tool's name, an empty or null content is none. An event of type
/// "error", or a payload with an `error`, is an in-band error. Data that is empty or blank is ignored (some gateways
/// send it as a heartbeat), and so is valid JSON that is no object (llama.cpp sends null). Usage: see usage_tally.
class openai_stream final : public stream_base {
public:
  explicit openai_stream(prompt_rule rule) : usage_(rule) {}

  void keep_text(bool keep) override { parser_.keep_text(keep); }

  event_facts on_event(std::string_view type, std::string_view data) override;

  void reset() override;

private:
  void take_usage(const payload_facts& payload);

  payload_parser parser_;
  usage_tally usage_;
};

} // namespace loadgen::protocol
