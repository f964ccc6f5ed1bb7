#pragma once

#include "client/http_get.hpp"
#include "engine/servers.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::engine {

/// Forms of POST /tokenize.
enum class tokenize_form : std::uint8_t {
  vllm_messages, ///< {"model", "messages"}: the chat template is counted
  prompt,        ///< {"model", "prompt"} of vLLM and SGLang
  llamacpp,      ///< {"content"}
};

/// "vllm-messages", "prompt", "llamacpp"
[[nodiscard]] std::string_view to_string(tokenize_form form) noexcept;

/// The body of that form for `text`, as a prompt of `requests`.
[[nodiscard]] std::string tokenize_body(tokenize_form form, const workload::request_settings& requests,
                                        const std::string& text);

/// The tokens that an answer to that form counts; nothing where it is none.
[[nodiscard]] std::optional<std::uint32_t> tokens_in(tokenize_form form, std::string_view answer);

/// The tokens of the prompt, as an answer in one piece tells them: usage.prompt_tokens, or what an endpoint calls it.
/// Nothing where it has none.
[[nodiscard]] std::optional<std::uint32_t> prompt_tokens_in(endpoint_kind endpoint, std::string_view answer);

/// The body of a request for one token with that prompt, as `requests` has it else. Errors: invalid_input for an
/// endpoint without whole answers.
[[nodiscard]] result<std::string> probe_body(const workload::request_settings& requests, const std::string& text);

/// Posts to one server, each time on a connection of its own.
class token_desk {
public:
  /// Errors: as of probe().
  [[nodiscard]] static result<token_desk> open(const client_settings& settings);

  /// Errors: unreachable.
  [[nodiscard]] result<client::http_reply> post(const std::string& path, const std::string& body) const;

  /// The path of `name` on this server.
  [[nodiscard]] std::string path(std::string_view name) const { return where_.prefix + std::string{name}; }

  [[nodiscard]] const target& where() const noexcept { return where_; }

private:
  token_desk() = default;

  target where_;
  net::address_list addresses_;
  client::header_list headers_;
  std::shared_ptr<const net::tls_client_context> tls_;
  duration connect_limit_{};
};

} // namespace loadgen::engine
