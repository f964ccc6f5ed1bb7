#include "client/base_url.hpp"

#include <loadgen/engine/target.hpp>

#include <utility>

namespace loadgen::engine {

namespace {

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

} // namespace

std::string target::path(answer_form asked) const {
  return prefix + std::string{endpoint_path(asked)};
}

result<target> parse_target(std::string_view url) {
  auto parsed = client::parse_base_url(url, {"http://127.0.0.1:8000", "use --api-key-env"});
  if (parsed.has_error()) return parsed.error();
  target found;
  found.tls = parsed->tls;
  found.host = std::move(parsed->host);
  found.port = parsed->port;
  found.authority = std::move(parsed->authority);
  found.prefix = prefix_of(parsed->path);
  return found;
}

} // namespace loadgen::engine
