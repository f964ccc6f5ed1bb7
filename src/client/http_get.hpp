#pragma once

#include "client/request_template.hpp"
#include "net/resolver.hpp"

#include <loadgen/base/time.hpp>

#include <string>
#include <vector>

namespace loadgen::client {

struct http_reply {
  int status = 0;
  std::string body;
};

/// One GET on a connection of its own, blocking: for what is asked of a server outside the measured load. An empty
/// `path` only opens the connection, and the reply is empty.
///
/// `limit` bounds the whole call. Errors: unreachable, in words.
[[nodiscard]] result<http_reply> http_get(const net::address_list& addresses, std::string_view path,
                                          std::string_view host, const header_list& headers, duration limit);

/// The models that GET /v1/models below `prefix` names; empty where it names none or is not there. Blocks. Errors as
/// http_get().
[[nodiscard]] result<std::vector<std::string>> list_models(const net::address_list& addresses,
                                                           const std::string& prefix, std::string_view host,
                                                           const header_list& headers, duration limit);

} // namespace loadgen::client
