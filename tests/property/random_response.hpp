#pragma once

#include "random_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace loadgen::test {

namespace detail {

[[nodiscard]] inline std::string random_event_stream(random_stream& random) {
  constexpr std::array<std::string_view, 9> lines{
      "data: {\"a\":1}", "data:", "data: \xE4\xBD\xA0", ": ping", "event: token", "id: 7", "retry: 1", "", ""};
  std::string body;
  const std::size_t line_count = pick(random, 0, 20);
  for (std::size_t i = 0; i < line_count; ++i) body.append(pick_one(random, lines)).append("\n");
  return body;
}

[[nodiscard]] inline std::string random_headers(random_stream& random) {
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view text = "abc XYZ\t,;=\"()/\xC3\xA9\x80\xFF";
  std::string headers;
  const std::size_t count = pick(random, 0, 6);
  for (std::size_t i = 0; i < count; ++i)
    headers += "X-" + random_text(random, token, pick(random, 0, 20)) + ":" +
               random_text(random, " \t", pick(random, 0, 2)) + random_text(random, text, pick(random, 0, 40)) + "\r\n";
  return headers;
}

[[nodiscard]] inline std::string chunked(random_stream& random, std::string_view body) {
  constexpr std::array<std::string_view, 4> extensions{"", ";a", ";a=b", ";a=\"b;c\";d"};
  std::string framed;
  while (!body.empty()) {
    const std::string_view data = body.substr(0, pick(random, 1, 40));
    framed += fmt::format("{}{:x}{}\r\n{}\r\n", one_in(random, 4) ? "0" : "", data.size(), pick_one(random, extensions),
                          data);
    body.remove_prefix(data.size());
  }
  framed += fmt::format("0{}\r\n", pick_one(random, extensions));
  if (one_in(random, 3)) framed += "X-Trailer: t\r\nX-Empty:\r\n";
  return framed + "\r\n";
}

} // namespace detail

/// A well-formed response of random status, headers and framing, with an event stream as body: what may follow it on
/// its connection is not included.
[[nodiscard]] inline std::string random_response(random_stream& random) {
  constexpr std::array<std::string_view, 7> status{"200 OK",       "200 ",           "201 Created",     "404 Not Found",
                                                   "500 \xC3\xA9", "204 No Content", "304 Not Modified"};
  constexpr std::array<std::string_view, 5> connection{"", "", "Connection: close\r\n", "connection: Keep-Alive\r\n",
                                                       "CONNECTION: x, keep-alive\r\n"};

  enum framing : std::size_t { by_chunks, by_length, by_close };

  const bool http_1_0 = one_in(random, 5);
  const std::string_view code = pick_one(random, status);
  const bool bodiless = code.starts_with("204") || code.starts_with("304");
  const std::size_t framing = bodiless ? by_close : pick(random, http_1_0 ? by_length : by_chunks, by_close);
  const std::string body = bodiless ? "" : detail::random_event_stream(random);

  std::string out = fmt::format("HTTP/1.{} {}\r\n", http_1_0 ? 0 : 1, code);
  out += detail::random_headers(random);
  out += pick_one(random, connection);
  if (framing == by_chunks) out += "Transfer-Encoding: chunked\r\n";
  if (framing == by_length) out += fmt::format("Content-Length: {}\r\n", body.size());
  out += detail::random_headers(random) + "\r\n";
  return out + (framing == by_chunks ? detail::chunked(random, body) : body);
}

} // namespace loadgen::test
