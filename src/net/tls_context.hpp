#pragma once

#include "net/tls_session.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace loadgen::net {

struct free_ssl_context {
  void operator()(ssl_ctx_st* context) const noexcept;
};

using ssl_context_pointer = std::unique_ptr<ssl_ctx_st, free_ssl_context>;

/// Whom a client trusts.
struct tls_trust {
  std::filesystem::path ca_file; ///< PEM certificates to trust instead of the system's; empty: the system's
  bool insecure = false;         ///< trust anyone, whatever their certificate says
};

/// What all TLS connections to one server share: whom to trust, the name the certificate must be for, and the latest
/// session to resume. TLS 1.2 or 1.3, ALPN "http/1.1".
///
/// Thread-safety: const members from any thread, and the sessions it made from threads of their own.
class tls_client_context {
public:
  /// `host` is a name, which is also sent (SNI), or an IP address. Errors: invalid_input for a CA file that cannot be
  /// read or holds no certificate.
  [[nodiscard]] static result<std::shared_ptr<const tls_client_context>> make(std::string host, const tls_trust& trust);

  [[nodiscard]] std::unique_ptr<tls_session> new_session() const;

  [[nodiscard]] const std::string& host() const noexcept { return host_; }

private:
  class session_store;

  tls_client_context(ssl_context_pointer context, std::string host);

  ssl_context_pointer context_;
  std::string host_;
  std::shared_ptr<session_store> sessions_;
};

/// What all TLS connections of one server share: its certificate and key. TLS 1.2 or 1.3.
///
/// Thread-safety: as of tls_client_context.
class tls_server_context {
public:
  /// Both files are PEM; the first begins with the server's certificate, its issuers follow. Errors: invalid_input
  /// naming the file, where it cannot be read, holds none, or the key is not the certificate's.
  [[nodiscard]] static result<tls_server_context> make(const std::filesystem::path& certificate_file,
                                                       const std::filesystem::path& key_file);

  [[nodiscard]] std::unique_ptr<tls_session> new_session() const;

private:
  explicit tls_server_context(ssl_context_pointer context) noexcept : context_(std::move(context)) {}

  ssl_context_pointer context_;
};

} // namespace loadgen::net
