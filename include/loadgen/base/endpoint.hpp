#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace loadgen {

/// The API a request speaks: its path, the form of its body, and how its answer is read.
enum class endpoint_kind : std::uint8_t {
  chat,        ///< OpenAI chat completions, POST /v1/chat/completions
  completions, ///< OpenAI completions, POST /v1/completions
  responses,   ///< OpenAI responses, POST /v1/responses
  llamacpp,    ///< llama.cpp's own, POST /completion: with its timings
  tgi,         ///< Text Generation Inference's own, POST /generate_stream
  sglang,      ///< SGLang's own, POST /generate
  generate,    ///< pieces of text and a summary of the server's own figures, POST /generate
};

/// All endpoints, in the order of the enumeration.
inline constexpr std::array all_endpoints{
    endpoint_kind::chat, endpoint_kind::completions, endpoint_kind::responses, endpoint_kind::llamacpp,
    endpoint_kind::tgi,  endpoint_kind::sglang,      endpoint_kind::generate,
};

/// Which endpoint answers requests, and whether in a stream.
struct answer_form {
  endpoint_kind endpoint; ///< the API
  bool stream;            ///< false: one JSON document; not for `generate`, which has none

  /// Implicit: an endpoint alone stands for its streams.
  constexpr answer_form(endpoint_kind asked = endpoint_kind::chat, bool as_stream = true) noexcept
      : endpoint(asked),
        stream(as_stream) {}

  /// Member by member.
  friend bool operator==(const answer_form&, const answer_form&) = default;
};

/// The name of an endpoint on the command line and in files: "chat".
[[nodiscard]] std::string_view to_string(endpoint_kind kind) noexcept;

/// The endpoint of that name, or nothing.
[[nodiscard]] std::optional<endpoint_kind> endpoint_from_name(std::string_view name) noexcept;

/// The path of an endpoint below the base URL: "/v1/chat/completions". Text Generation Inference has another one for
/// whole answers; "" where there are none.
[[nodiscard]] std::string_view endpoint_path(answer_form asked) noexcept;

/// Whether requests to it name a model; the engines' own endpoints serve the one that the server was started with.
[[nodiscard]] bool names_model(endpoint_kind kind) noexcept;

/// Whether requests to it can carry chat messages; the others take a text.
[[nodiscard]] bool takes_messages(endpoint_kind kind) noexcept;

/// Whether it can be asked to go on behind the end of a text, so that answers have the length asked for.
[[nodiscard]] bool can_ignore_eos(endpoint_kind kind) noexcept;

/// Whether it can be asked for a whole answer instead of a stream.
[[nodiscard]] bool answers_whole(endpoint_kind kind) noexcept;

} // namespace loadgen
