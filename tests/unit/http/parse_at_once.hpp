#pragma once

#include "recording_sink.hpp"

#include <cstddef>
#include <string_view>

namespace loadgen::http {

/// A parser that was fed `bytes` at once, and what it said.
struct outcome {
  message_parser parser;
  recording_sink sink;
  std::size_t taken = 0;
};

[[nodiscard]] inline outcome parse(message_parser::kind kind, std::string_view bytes) {
  outcome result{message_parser{kind}, {}, 0};
  result.taken = result.parser.feed(bytes, result.sink);
  return result;
}

[[nodiscard]] inline outcome parse_response(std::string_view bytes) {
  return parse(message_parser::kind::response, bytes);
}

[[nodiscard]] inline outcome parse_request(std::string_view bytes) {
  return parse(message_parser::kind::request, bytes);
}

} // namespace loadgen::http
