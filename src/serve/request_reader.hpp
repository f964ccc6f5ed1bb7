#pragma once

#include "http/message_parser.hpp"
#include "serve/connection.hpp"

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace loadgen::serve {

/// One HTTP request as it came.
struct http_request {
  std::string method;
  std::string path; ///< the target without its query
  std::string body;
  int version_minor = 1;
  bool keep_alive = true;
  instant arrival;           ///< of the read that brought its first byte
  bool kernel_stamp = false; ///< whether `arrival` is the kernel's
};

/// Why a request is refused before it was read whole; the connection cannot carry another one.
struct http_refusal {
  int status = 400;
  std::string message;
};

/// Puts one request together from the reads of a connection. Limits: 64 KiB of headers, 64 MiB of body.
class request_reader final : private http::message_sink {
public:
  static constexpr std::size_t max_body = std::size_t{64} << 20U;

  /// Takes bytes up to the end of the request, and returns how many it took. To be called again until complete() or
  /// refusal().
  std::size_t feed(const received_bytes& received);

  [[nodiscard]] bool complete() const noexcept { return parser_.complete() && !refusal_; }

  [[nodiscard]] const std::optional<http_refusal>& refusal() const noexcept { return refusal_; }

  /// Whether the client holds its body back until it is told to continue; true once a request.
  [[nodiscard]] bool take_expectation() noexcept { return std::exchange(expects_continue_, false); }

  /// The request, whole once complete(). Valid until reset().
  [[nodiscard]] const http_request& request() const noexcept { return request_; }

  /// Ready for the next request.
  void reset();

private:
  void on_head(const http::message_head& head) override;
  void on_body(std::string_view piece) override;

  http::message_parser parser_{http::message_parser::kind::request};
  http_request request_;
  std::optional<http_refusal> refusal_;
  bool expects_continue_ = false;
};

} // namespace loadgen::serve
