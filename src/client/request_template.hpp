#pragma once

#include "http/message_head.hpp"

#include <loadgen/base/error.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::client {

using header_list = std::vector<http::header_field>;

/// The POST that all requests to one server are, but for their body.
///
/// Thread-safety: const members from any thread.
class request_template {
public:
  /// `host` is the Host header. Errors: invalid_input for what HTTP cannot carry.
  [[nodiscard]] static result<request_template> make(std::string path, std::string host, header_list headers);

  /// Whether it asks the server to close the connection after the response, so that it carries no further request.
  [[nodiscard]] bool closes_connection() const noexcept { return closes_connection_; }

  /// The bytes of the request with that body.
  [[nodiscard]] std::string bytes(std::string_view body) const;

private:
  request_template(std::string path, std::string host, header_list headers);

  std::string path_;
  std::string host_;
  header_list headers_;
  bool closes_connection_;
};

} // namespace loadgen::client
