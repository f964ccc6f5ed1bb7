#pragma once

#include "client/base_url.hpp"
#include "client/http_get.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace loadgen::client {

/// A server that is told or asked something beside the load, such as a Pushgateway. Each request has a connection of
/// its own.
///
/// Thread-safety: const members from any thread.
class http_service {
public:
  struct settings {
    header_list headers;                              ///< of every request
    std::filesystem::path ca_file;                    ///< PEM certificates to trust for https; empty: the system's
    duration connect_limit = std::chrono::seconds{5}; ///< until a connection is open
    duration answer_limit = std::chrono::seconds{10}; ///< and then until the whole answer is there
  };

  /// Speaks to nobody. Errors: invalid_input for the CA file and for headers that HTTP cannot carry.
  [[nodiscard]] static result<http_service> create(base_url where, settings chosen);

  /// Looks the name up and asks; the question's path follows that of the URL. Blocks, in all for as long as the limits
  /// say and the look-up takes. Errors: unreachable where no whole response came; invalid_input for what HTTP cannot
  /// carry.
  [[nodiscard]] result<http_reply> ask(const http_question& question) const;

  /// "http://host:port/path", without a slash at its end.
  [[nodiscard]] std::string url() const;

private:
  http_service(base_url where, settings chosen, std::shared_ptr<const net::tls_client_context> tls);

  base_url where_;
  settings settings_;
  std::shared_ptr<const net::tls_client_context> tls_; // null: plain
};

} // namespace loadgen::client
