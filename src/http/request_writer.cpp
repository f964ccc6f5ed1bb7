#include "http/request_writer.hpp"

#include "http/grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace loadgen::http {

namespace {

// Quotes of what is refused show control characters, such as the line end of an injected header, as escapes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (is_field_char(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(c));
  }
  return out += '\'';
}

std::optional<error> check_header(const header_field& field) {
  const auto& [name, value] = field;
  if (!is_token(name)) return invalid_input(fmt::format("{} is not a header name", quoted(name)));
  // A value may be a key: it is not repeated in a message.
  if (!is_field_text(value))
    return invalid_input(
        fmt::format("the value of the header {} has a line end or another control character in it", name));
  if (equal_ignoring_case(name, "content-length") || equal_ignoring_case(name, "transfer-encoding"))
    return invalid_input(fmt::format("the header {} is set by the body and cannot be given", name));
  return std::nullopt;
}

std::optional<error> check(const request& what) {
  if (!is_token(what.method)) return invalid_input(fmt::format("{} is not an HTTP method", quoted(what.method)));
  if (!is_target(what.target)) return invalid_input(fmt::format("{} is not a request target", quoted(what.target)));
  if (!is_target(what.host)) return invalid_input(fmt::format("{} is not a host", quoted(what.host)));
  for (const header_field& field : what.headers)
    if (auto failure = check_header(field)) return failure;
  return std::nullopt;
}

bool is_host(const header_field& field) noexcept {
  return equal_ignoring_case(field.first, "host");
}

} // namespace

result<std::string> write_request(const request& what) {
  if (auto failure = check(what)) return *std::move(failure);
  std::string out;
  const auto append = std::back_inserter(out);
  fmt::format_to(append, "{} {} HTTP/1.1\r\n", what.method, what.target);
  if (std::none_of(what.headers.begin(), what.headers.end(), is_host))
    fmt::format_to(append, "Host: {}\r\n", what.host);
  for (const auto& [name, value] : what.headers) fmt::format_to(append, "{}: {}\r\n", name, value);
  if (!what.body.empty() || what.method == "POST") fmt::format_to(append, "Content-Length: {}\r\n", what.body.size());
  out += "\r\n";
  out += what.body;
  return out;
}

} // namespace loadgen::http
