#include "client/base_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>

namespace loadgen::client {

namespace {

// 0 for what is no port. (Boost.URL 1.81 wraps a port above 65535 around.)
std::uint16_t port_of(std::string_view text, bool tls) {
  if (text.empty()) return tls ? 443 : 80;
  std::uint16_t port = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc{} && rest == text.data() + text.size() ? port : std::uint16_t{0};
}

} // namespace

result<base_url> parse_base_url(std::string_view url, const url_advice& advice) {
  const auto unusable = [&](std::string_view why) {
    return invalid_input(fmt::format("'{}' {}; expected a base URL such as {}", url, why, advice.example));
  };
  const auto parsed = boost::urls::parse_uri(url);
  if (parsed.has_error()) return unusable("is not a URL");
  if (parsed->scheme() != "http" && parsed->scheme() != "https") return unusable("is neither http nor https");
  if (parsed->has_userinfo())
    return invalid_input(fmt::format("a URL must not hold a user name or password; {}", advice.credentials));
  if (parsed->host().empty()) return unusable("names no host");
  if (parsed->has_query() || parsed->has_fragment()) return unusable("has a query or a fragment");

  base_url found;
  found.tls = parsed->scheme() == "https";
  found.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string{parsed->host_address()}
                                                                   : std::string{parsed->host()};
  found.port = port_of(parsed->port(), found.tls);
  if (found.port == 0) return unusable("has a port outside 1 to 65535");
  found.authority = parsed->encoded_host_and_port();
  found.path = std::string{parsed->encoded_path()};
  return found;
}

} // namespace loadgen::client
