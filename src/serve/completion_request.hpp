#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/serve/reference_server.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What a completion request asks of the reference server. All other fields of the API are accepted and ignored.
struct completion_request {
  endpoint_kind endpoint = endpoint_kind::chat;
  std::string model; ///< any name is served, and repeated in the answer
  bool stream = false;
  bool include_usage = false;    ///< stream_options.include_usage
  std::uint32_t first_token = 0; ///< the number of the answer's first token: 0, or drawn from what is asked
  std::uint32_t tokens =
      0; ///< max_completion_tokens, max_tokens or the endpoint's own name for it, else the server's --tokens
  std::uint64_t prompt_tokens =
      0; ///< an estimate: words of the prompt between white space; a prompt of token ids counts them
};

/// Reads the JSON body of a request to the path of `asked`; `defaults` gives what it leaves out. `/generate` is spoken
/// by three: a body with `text` is SGLang's, one with `inputs` Text Generation Inference's, any other that of the
/// endpoint `generate`. Errors: invalid_input, to be answered with status 400, for broken JSON, a missing prompt, and
/// fields of the wrong type or range.
[[nodiscard]] result<completion_request> read_completion_request(answer_form asked, std::string_view body,
                                                                 const server_settings& defaults);

} // namespace loadgen::serve
