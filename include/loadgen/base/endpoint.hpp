#pragma once

#include <optional>
#include <string_view>

namespace loadgen {

/// The API a request speaks: its path, the form of its body, and how its stream is read.
enum class endpoint_kind {
  chat,        ///< OpenAI chat completions, POST /v1/chat/completions
  completions, ///< OpenAI completions, POST /v1/completions
};

/// The path of an endpoint below the base URL: "/v1/chat/completions".
[[nodiscard]] std::string_view endpoint_path(endpoint_kind kind) noexcept;

/// The name of an endpoint on the command line and in files: "chat".
[[nodiscard]] std::string_view to_string(endpoint_kind kind) noexcept;

/// The endpoint of that name, or nothing.
[[nodiscard]] std::optional<endpoint_kind> endpoint_from_name(std::string_view name) noexcept;

} // namespace loadgen
