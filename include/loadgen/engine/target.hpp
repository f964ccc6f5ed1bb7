#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::engine {

/// One server to send to.
struct target {
  std::string host;                   ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;             ///< 1 to 65535
  bool tls = false;                   ///< the URL said https
  std::string authority;              ///< the Host header: host, and port where the URL gave one
  std::string prefix;                 ///< path before the endpoint's: "" or "/some/prefix"
  std::vector<std::string> addresses; ///< what the host resolved to, in the order to try; empty: not looked up yet

  /// The path of a request: prefix and endpoint path.
  [[nodiscard]] std::string path(answer_form asked) const;
};

/// Reads a base URL, "http://host:port". A trailing "/", "/v1" or the full path of an endpoint mean the same as the
/// bare URL; any other path is a prefix of the endpoint's. Errors: invalid_input, quoting the URL and saying what was
/// expected; user names and passwords in a URL are refused.
[[nodiscard]] result<target> parse_target(std::string_view url);

} // namespace loadgen::engine
