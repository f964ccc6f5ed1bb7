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

  /// The bytes of the request with that body.
  [[nodiscard]] std::string bytes(std::string_view body) const;

private:
  request_template(std::string path, std::string host, header_list headers)
      : path_(std::move(path)),
        host_(std::move(host)),
        headers_(std::move(headers)) {}

  std::string path_;
  std::string host_;
  header_list headers_;
};

} // namespace loadgen::client
