#pragma once

#include "http/message_head.hpp"

#include <loadgen/base/error.hpp>

#include <span>
#include <string>
#include <string_view>

namespace loadgen::http {

/// A request to be written. Views need to live during the call of write_request only.
struct request {
  std::string_view method = "POST";
  std::string_view target = "/";              ///< origin form: path and query
  std::string_view host = {};                 ///< name, and port where it is not the scheme's own: "localhost:8000"
  std::span<const header_field> headers = {}; ///< further headers, in the order they are to be sent; a Host among them
                                              ///< stands in for `host`
  std::string_view body = {};                 ///< framed by a Content-Length, which an empty body has only in a POST
};

/// The bytes of `what` as HTTP/1.1. Errors: invalid_input for a method, target, host or header that would break the
/// message (a line end or another control character in it, a name that is not a token), and for a Content-Length or
/// Transfer-Encoding among the headers.
[[nodiscard]] result<std::string> write_request(const request& what);

} // namespace loadgen::http
