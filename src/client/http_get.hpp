#pragma once

#include "client/request_template.hpp"
#include "net/connector.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::client {

/// A server, as what is asked of it outside the measured load needs it.
struct http_server {
  const net::address_list& addresses;
  const net::tls_client_context* tls = nullptr; ///< null: plain
  std::string_view host;                        ///< the Host header
  const header_list& headers;                   ///< of every request
};

struct http_reply {
  int status = 0;
  std::string body;
};

/// One request to a server outside the measured load. Views need to live during the call only.
struct http_question {
  std::string_view method = "GET";
  std::string_view path{};         ///< with its query; empty: nothing is asked, the connection is only opened
  std::string_view content_type{}; ///< of the body; without one there is no such header beside the server's
  std::string_view body{};
};

/// What came of a request on a connection of its own.
struct http_contact {
  net::connect_result connected; ///< closed again; its `failure` says whether it could be opened
  result<http_reply> reply;      ///< errors: unreachable where no whole response came in time
};

/// One request on a connection of its own. Blocks: for at most `connect_limit` until the connection is open, and then
/// for `answer_limit`. Errors: invalid_input for a path or headers that HTTP cannot carry.
[[nodiscard]] result<http_contact> http_ask(const http_server& server, const http_question& question,
                                            duration connect_limit, duration answer_limit);

/// One GET on a connection of its own; an empty `path` only opens the connection, and the reply is empty. Blocks: for
/// at most `connect_limit` until the connection is open, and then for `answer_limit`. Errors: invalid_input for headers
/// that HTTP cannot carry.
[[nodiscard]] result<http_contact> http_get(const http_server& server, std::string_view path, duration connect_limit,
                                            duration answer_limit);

/// The paths below a server's prefix whose answers tell what it speaks, in the order to ask for them.
[[nodiscard]] std::span<const std::string_view> endpoint_pages() noexcept;

/// The endpoint that the reply to GET `page`, one of these, tells of; nothing where it tells of none.
[[nodiscard]] std::optional<endpoint_kind> endpoint_in(std::string_view page, const result<http_reply>& reply);

/// The models that the reply to GET /v1/models names; none where it is none or names none: a server need not have the
/// list.
[[nodiscard]] std::vector<std::string> models_in(const result<http_reply>& reply);

/// What the server said in a reply that is an error, as one line.
[[nodiscard]] std::string message_in(const http_reply& reply);

} // namespace loadgen::client
