#pragma once

#include "http/message_parser.hpp"
#include "protocol/payload_parser.hpp"
#include "protocol/stream_reader.hpp"
#include "sse/event_parser.hpp"
#include "support/recorded_streams.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::test {

/// One event of a recorded stream.
struct recorded_event {
  std::string type;
  std::string data;
};

/// A recorded response: its body, and the events in it where it is a stream.
struct recorded_response {
  int status = 0;
  std::string body;
  std::vector<recorded_event> events;
};

namespace detail {

struct response_sink final : http::message_sink, sse::event_sink {
  recorded_response response;
  sse::event_parser events;

  void on_head(const http::message_head& head) override { response.status = head.status; }

  void on_body(std::string_view piece) override {
    response.body += piece;
    events.feed(piece, *this);
  }

  void on_event(const sse::event& next) override {
    response.events.push_back({std::string{next.type}, std::string{next.data}});
  }
};

} // namespace detail

[[nodiscard]] inline recorded_response read_recorded_response(std::string_view name) {
  detail::response_sink sink;
  http::message_parser parser{http::message_parser::kind::response};
  parser.feed(load_recorded_stream(name).bytes, sink);
  return sink.response;
}

/// The endpoint a recording is of, by its name.
[[nodiscard]] inline endpoint_kind endpoint_of(std::string_view name) {
  const auto has = [name](std::string_view part) { return name.find(part) != std::string_view::npos; };
  if (has("-completions-")) return endpoint_kind::completions;
  if (has("-completion-")) return endpoint_kind::llamacpp;
  return has("-generate-") ? endpoint_kind::generate : endpoint_kind::chat;
}

/// What the reader of its endpoint finds in a recorded stream.
struct read_stream {
  protocol::stream_facts facts;
  protocol::stream_fault fault = protocol::stream_fault::none;
  std::string fault_message;
  std::vector<protocol::event_facts> events;
  int content_events = 0;
  int answer_events = 0;
  int empty_deltas = 0; ///< events that have choices and no content

  [[nodiscard]] int reasoning_events() const { return content_events - answer_events; }

  [[nodiscard]] const protocol::event_facts& event(std::size_t i) const { return events.at(i); }
};

[[nodiscard]] inline read_stream read_recorded(std::string_view name) {
  const auto reader = protocol::make_stream_reader(endpoint_of(name));
  protocol::payload_parser payloads;
  read_stream read;
  for (const recorded_event& event : read_recorded_response(name).events) {
    const protocol::event_facts facts = reader->on_event(event.type, event.data);
    read.events.push_back(facts);
    read.content_events += facts.content ? 1 : 0;
    read.answer_events += facts.answer ? 1 : 0;
    const bool json = !payloads.parse(event.data);
    read.empty_deltas += json && payloads.facts().choices > 0 && !facts.content ? 1 : 0;
  }
  read.facts = reader->facts();
  read.fault = reader->fault();
  read.fault_message = reader->fault_message();
  return read;
}

} // namespace loadgen::test
