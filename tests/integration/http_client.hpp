#pragma once

#include "client/http_service.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

namespace loadgen::test {

/// What GET `path` on that port of this machine says: its body where it is accepted, else "".
[[nodiscard]] inline std::string http_text(std::uint16_t port, const std::string& path) {
  client::base_url where;
  where.host = where.authority = "127.0.0.1";
  where.port = port;
  where.authority += ":" + std::to_string(port);
  client::http_service::settings patient;
  patient.answer_limit = std::chrono::seconds{60};
  const auto reply = client::http_service::create(where, patient)->ask({.path = path});
  return reply && reply->status / 100 == 2 ? reply->body : std::string{};
}

/// The same as JSON; null where it is none.
[[nodiscard]] inline boost::json::value http_json(std::uint16_t port, const std::string& path) {
  boost::json::error_code failure;
  const boost::json::value parsed = boost::json::parse(http_text(port, path), failure);
  return failure ? boost::json::value() : parsed;
}

/// Waits until GET `path` is accepted; false where it is not within a minute or two.
[[nodiscard]] inline bool is_ready(std::uint16_t port, const std::string& path) {
  for (int i = 0; i < 1'000; ++i) {
    if (!http_text(port, path).empty()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  return false;
}

[[nodiscard]] inline std::string url_encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

} // namespace loadgen::test
