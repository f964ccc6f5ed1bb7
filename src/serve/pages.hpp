#pragma once

#include "serve/request_reader.hpp"

#include <loadgen/base/endpoint.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What the server has done and is doing; /metrics shows it.
struct server_counters {
  std::uint64_t connections = 0; ///< open now
  std::uint64_t running = 0;     ///< completion requests with a slot
  std::uint64_t waiting = 0;     ///< completion requests without one
  std::uint64_t accepted = 0;    ///< completion requests ever
  std::uint64_t done = 0, aborted = 0, refused = 0;
  std::uint64_t tokens = 0; ///< written
};

/// The text of /metrics, in Prometheus' exposition format 0.0.4.
[[nodiscard]] std::string metrics_page(const server_counters& counters);

/// The completion endpoint of that path and how it answers, where the path says so; nothing where it is none.
/// `/generate` has three: the body tells.
[[nodiscard]] std::optional<answer_form> completion_endpoint(std::string_view path) noexcept;

/// The response to a request for anything but a completion: /health, /v1/models, /metrics; 405 for a method that a path
/// does not have, 404 for an unknown path.
[[nodiscard]] std::string page_response(const http_request& request, std::string_view model,
                                        const server_counters& counters);

/// A response with OpenAI's error object.
[[nodiscard]] std::string error_response(int status, std::string_view message, bool keep_alive);

} // namespace loadgen::serve
