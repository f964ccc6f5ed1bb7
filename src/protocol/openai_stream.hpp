#pragma once

#include "protocol/payload_parser.hpp"
#include "protocol/stream_reader.hpp"
#include "protocol/usage_tally.hpp"

namespace loadgen::protocol {

/// Streams of OpenAI's chat and completions endpoints, as the engines of today really send them.
///
/// Content is any choice's non-empty delta.content, delta.reasoning or reasoning_content, arguments of a tool or
/// function call, or text; an event with only a role, a tool's name, an empty or null content is none. An event of type
/// "error", or a payload with an `error`, is an in-band error. Data that is empty or blank is ignored (some gateways
/// send it as a heartbeat), and so is valid JSON that is no object (llama.cpp sends null). Usage: see usage_tally.
class openai_stream final : public stream_reader {
public:
  explicit openai_stream(prompt_rule rule) : usage_(rule) {}

  void keep_text(bool keep) override { parser_.keep_text(keep); }

  event_facts on_event(std::string_view type, std::string_view data) override;

  [[nodiscard]] const stream_facts& facts() const noexcept override { return facts_; }

  [[nodiscard]] stream_fault fault() const noexcept override { return fault_; }

  [[nodiscard]] const std::string& fault_message() const noexcept override { return fault_message_; }

  void reset() override;

private:
  void take_usage(const payload_facts& payload);
  void note_fault(stream_fault fault, std::string message);

  payload_parser parser_;
  usage_tally usage_;
  stream_facts facts_;
  stream_fault fault_ = stream_fault::none;
  std::string fault_message_;
};

} // namespace loadgen::protocol
