#include "protocol/stream_base.hpp"

#include "protocol/message_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace loadgen::protocol {

namespace {

constexpr std::size_t quoted_limit = 200; // of the data in a fault's message; the parser's reason follows

} // namespace

bool is_blank(std::string_view data) noexcept {
  return data.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void stream_base::reset() {
  facts_ = {};
  fault_ = stream_fault::none;
  fault_message_.clear();
}

std::optional<event_facts> stream_base::read_without_payload(std::string_view data) {
  event_facts facts;
  if (data == done_marker)
    facts.terminal = facts_.done_marker = true;
  else if (!is_blank(data))
    return std::nullopt;
  return facts;
}

void stream_base::note_error(std::string_view data) {
  note_error_message(error_message(data));
}

void stream_base::note_error_message(std::string message) {
  note_fault(stream_fault::in_band_error, message.empty() ? "an error event without a message" : std::move(message));
}

void stream_base::note_not_json(std::string_view data, const boost::system::error_code& why) {
  note_fault(stream_fault::bad_payload,
             one_line(fmt::format("{} (not JSON: {})", one_line(data, quoted_limit), why.message())));
}

void stream_base::finish(std::string_view reason) {
  if (!facts_.finished) facts_.finish_reason = reason;
  facts_.finished = true;
}

void stream_base::note_fault(stream_fault fault, std::string message) {
  if (fault_ != stream_fault::none) return;
  fault_ = fault;
  fault_message_ = std::move(message);
}

event_facts scanned_stream::on_event(std::string_view type, std::string_view data) {
  if (const auto bare = read_without_payload(data)) return *bare;
  if (const auto not_json = scanner_.scan(data)) {
    if (type == "error") // some servers send their error as plain text
      note_error(data);
    else
      note_not_json(data, not_json);
    return {};
  }
  if (type == "error" || at(error_path_).is_truthy()) note_error(data);
  return read(type);
}

void scanned_stream::take_count(std::optional<std::uint32_t>& count, std::size_t path) const {
  if (const auto told = at(path).count()) count = told;
}

void scanned_stream::take_figures() {
  facts_.server_figures.swap(scanner_.collected());
}

} // namespace loadgen::protocol
