#include "protocol/native_streams.hpp"
#include "protocol/openai_stream.hpp"
#include "protocol/responses_stream.hpp"

namespace loadgen::protocol {

std::unique_ptr<stream_reader> make_stream_reader(endpoint_kind endpoint) {
  switch (endpoint) {
  case endpoint_kind::chat: return std::make_unique<openai_stream>(prompt_rule::shared);
  case endpoint_kind::completions: return std::make_unique<openai_stream>(prompt_rule::added);
  case endpoint_kind::responses: return std::make_unique<responses_stream>();
  case endpoint_kind::llamacpp: return std::make_unique<llamacpp_stream>();
  case endpoint_kind::tgi: return std::make_unique<tgi_stream>();
  case endpoint_kind::sglang: return std::make_unique<sglang_stream>();
  case endpoint_kind::generate: return std::make_unique<text_piece_stream>();
  }
  return std::make_unique<openai_stream>(prompt_rule::shared);
}

} // namespace loadgen::protocol
