#include <loadgen/engine/target.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>

namespace loadgen::engine {

namespace {

error unusable(std::string_view url, std::string_view why) {
  return invalid_input(fmt::format("'{}' {}; expected a base URL such as http://127.0.0.1:8000", url, why));
}

bool cut_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// What people paste is the base URL of a client library, or the path they gave curl.
std::string prefix_of(std::string_view path) {
  while (cut_suffix(path, "/")) {
  }
  for (const endpoint_kind endpoint : all_endpoints)
    if (cut_suffix(path, endpoint_path(endpoint))) return std::string{path};
  cut_suffix(path, "/v1");
  while (cut_suffix(path, "/")) {
  }
  return std::string{path};
}

// 0 for what is no port. (Boost.URL 1.81 wraps a port above 65535 around.)
std::uint16_t port_of(std::string_view text, bool tls) {
  if (text.empty()) return tls ? 443 : 80;
  std::uint16_t port = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc{} && rest == text.data() + text.size() ? port : std::uint16_t{0};
}

} // namespace

std::string target::path(answer_form asked) const {
  return prefix + std::string{endpoint_path(asked)};
}

result<target> parse_target(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (parsed.has_error()) return unusable(url, "is not a URL");
  if (parsed->scheme() != "http" && parsed->scheme() != "https") return unusable(url, "is neither http nor https");
  if (parsed->has_userinfo()) return invalid_input("a URL must not hold a user name or password; use --api-key-env");
  if (parsed->host().empty()) return unusable(url, "names no host");
  if (parsed->has_query() || parsed->has_fragment()) return unusable(url, "has a query or a fragment");

  target found;
  found.tls = parsed->scheme() == "https";
  found.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string{parsed->host_address()}
                                                                   : std::string{parsed->host()};
  found.port = port_of(parsed->port(), found.tls);
  if (found.port == 0) return unusable(url, "has a port outside 1 to 65535");
  found.authority = parsed->encoded_host_and_port();
  found.prefix = prefix_of(std::string{parsed->encoded_path()});
  return found;
}

} // namespace loadgen::engine
