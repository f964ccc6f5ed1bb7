#pragma once

#include "protocol/stream_reader.hpp"

#include <loadgen/base/endpoint.hpp>

#include <string>
#include <string_view>

namespace loadgen::protocol {

/// What an answer that came as one JSON document holds.
struct whole_answer {
  bool answer = false;        ///< text or calls that a user would get, not empty
  bool calls = false;         ///< ... of which some is a tool or function call
  bool reasoning = false;     ///< reasoning, not empty
  std::string answer_text;    ///< of all choices, in order
  std::string reasoning_text; ///< the same
  stream_facts facts;         ///< as of a stream: counts, finish_reason, the server's own figures
  stream_fault fault = stream_fault::none;
  std::string fault_message; ///< as stream_reader::fault_message()
};

/// Reads the body of a whole answer of that endpoint. An object with an `error` is an in-band error; what is not JSON,
/// or has nothing of such an answer, a bad payload.
[[nodiscard]] whole_answer read_whole_answer(endpoint_kind endpoint, std::string_view body);

} // namespace loadgen::protocol
