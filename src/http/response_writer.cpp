#include "http/response_writer.hpp"

#include <fmt/format.h>

#include <iterator>

namespace loadgen::http {

namespace {

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
  case 200: return "OK";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 413: return "Content Too Large";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 503: return "Service Unavailable";
  default: return ""; // it is optional, and nobody may read it but a person
  }
}

void append_head(std::string& out, const response& what, std::string_view content_type) {
  const auto append = std::back_inserter(out);
  fmt::format_to(append, "HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", what.status, reason_phrase(what.status),
                 content_type);
  for (const auto& [name, value] : what.headers) fmt::format_to(append, "{}: {}\r\n", name, value);
  if (!what.keep_alive) out += "Connection: close\r\n";
}

} // namespace

void append_event_stream_head(std::string& out, const response& what) {
  append_head(out, what, "text/event-stream");
  out += "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
}

void append_response(std::string& out, const response& what, std::string_view body) {
  append_head(out, what, what.content_type);
  fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n\r\n", body.size());
  out += body;
}

void append_chunk(std::string& out, std::string_view data) {
  if (data.empty()) return;
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", data.size());
  out += data;
  out += "\r\n";
}

void append_last_chunk(std::string& out) {
  out += "0\r\n\r\n";
}

} // namespace loadgen::http
