#include "serve/request_reader.hpp"

#include <fmt/format.h>

#include <charconv>

namespace loadgen::serve {

namespace {

constexpr std::size_t max_kept_body = std::size_t{1} << 20U; // memory a connection keeps between requests

http_refusal too_large() {
  return {.status = 413, .message = fmt::format("the body is larger than {} bytes", request_reader::max_body)};
}

http_refusal refusal_of(http::parse_error why) {
  const int status = why == http::parse_error::header_too_large ? 431 : 400;
  return {.status = status, .message = fmt::format("the request is not HTTP/1.1: {}", http::describe(why))};
}

} // namespace

std::size_t request_reader::feed(const received_bytes& received) {
  if (!parser_.started()) {
    request_.arrival = received.arrival;
    request_.kernel_stamp = received.kernel_stamp;
  }
  const std::size_t taken = parser_.feed(received.bytes, *this);
  if (!refusal_ && parser_.error() != http::parse_error::none) refusal_ = refusal_of(parser_.error());
  return taken;
}

void request_reader::on_head(const http::message_head& head) {
  request_.method = head.method;
  request_.path = head.target.substr(0, head.target.find('?'));
  request_.version_minor = head.version_minor;
  request_.keep_alive = head.keep_alive() && head.version_minor > 0;
  if (const auto length = head.header("content-length")) {
    std::uint64_t announced = 0;
    const auto read = std::from_chars(length->data(), length->data() + length->size(), announced);
    if (read.ec == std::errc::result_out_of_range || announced > max_body) refusal_ = too_large();
  }
  expects_continue_ = !refusal_ && head.header("expect") == "100-continue" && head.version_minor > 0;
}

void request_reader::on_body(std::string_view piece) {
  if (refusal_) return;
  if (piece.size() > max_body - request_.body.size())
    refusal_ = too_large();
  else
    request_.body += piece;
}

void request_reader::reset() {
  parser_.reset();
  refusal_.reset();
  expects_continue_ = false;
  request_.body.clear();
  if (request_.body.capacity() > max_kept_body) request_.body.shrink_to_fit();
}

} // namespace loadgen::serve
