#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::client {

/// Where a base URL, "http://host:port/some/path", leads.
struct base_url {
  bool tls = false;       ///< the URL said https
  std::string host;       ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0; ///< 1 to 65535
  std::string authority;  ///< the Host header: host, and port where the URL gave one
  std::string path;       ///< as given, "" where there is none
};

/// What an error about a URL tells its user to do instead.
struct url_advice {
  std::string_view example;     ///< "http://127.0.0.1:8000"
  std::string_view credentials; ///< what takes the place of a user name in the URL: "use --api-key-env"
};

/// Errors: invalid_input, quoting the URL and saying what was expected; a query, a fragment and user names or passwords
/// are refused, and the latter not quoted.
[[nodiscard]] result<base_url> parse_base_url(std::string_view url, const url_advice& advice);

} // namespace loadgen::client
