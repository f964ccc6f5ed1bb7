#include "net/tls_context.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <mutex>
#include <new>
#include <span>
#include <utility>

namespace loadgen::net {

namespace {

// The one protocol spoken, as ALPN writes it: each name behind its length.
constexpr std::array<unsigned char, 9> application_protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

ssl_context_pointer new_context(const SSL_METHOD* method) {
  ssl_context_pointer made{SSL_CTX_new(method)};
  if (!made) throw std::bad_alloc{};
  SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS); // an idle connection holds no record buffers
  return made;
}

ssl_pointer new_ssl(const ssl_context_pointer& context) {
  ssl_pointer made{SSL_new(context.get())};
  if (!made) throw std::bad_alloc{};
  return made;
}

error unusable(const std::filesystem::path& file, std::string_view what) {
  const unsigned long reason = ERR_peek_error();
  const char* const words = ERR_reason_error_string(reason);
  std::string why = words != nullptr ? words : "no reason is known";
  if (ERR_SYSTEM_ERROR(reason)) why = std::generic_category().message(ERR_GET_REASON(reason));
  if (ERR_GET_LIB(reason) == ERR_LIB_PEM && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE)
    why = "there is none in it in PEM form";
  ERR_clear_error();
  return invalid_input(fmt::format("cannot take {} from {}: {}", what, file.string(), why));
}

bool is_address(const std::string& host) {
  boost::system::error_code failure;
  boost::asio::ip::make_address(host, failure);
  return !failure;
}

} // namespace

void free_ssl_context::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

// The latest session that the server has given. TLS 1.3 gives them after the handshake, so they come in whenever a
// connection is read, on whatever thread.
class tls_client_context::session_store {
public:
  void resume_in(ssl_st* next) {
    const std::lock_guard lock{mutex_};
    if (latest_) SSL_set_session(next, latest_.get());
  }

  // OpenSSL's callback; returning 1 keeps the session.
  static int keep(ssl_st* from, SSL_SESSION* given) {
    auto* const store = static_cast<session_store*>(SSL_get_app_data(from));
    const std::lock_guard lock{store->mutex_};
    store->latest_.reset(given);
    return 1;
  }

private:
  struct free_session {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };

  std::mutex mutex_;
  std::unique_ptr<SSL_SESSION, free_session> latest_;
};

tls_client_context::tls_client_context(ssl_context_pointer context, std::string host)
    : context_(std::move(context)),
      host_(std::move(host)),
      sessions_(std::make_shared<session_store>()) {
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), &session_store::keep);
}

result<std::shared_ptr<const tls_client_context>> tls_client_context::make(std::string host, const tls_trust& trust) {
  ERR_clear_error();
  ssl_context_pointer context = new_context(TLS_client_method());
  SSL_CTX_set_alpn_protos(context.get(), application_protocols.data(), application_protocols.size());
  SSL_CTX_set_verify(context.get(), trust.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (trust.insecure) {
    // Nothing will be held against any certificate.
  } else if (trust.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get()); // a system without any trusts nobody
    ERR_clear_error();
  } else {
    if (SSL_CTX_load_verify_file(context.get(), trust.ca_file.c_str()) != 1)
      return unusable(trust.ca_file, "certificates");
    // Each certificate of the file is trusted for itself, an intermediate one or the server's own too.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  }
  return std::shared_ptr<const tls_client_context>{new tls_client_context{std::move(context), std::move(host)}};
}

std::unique_ptr<tls_session> tls_client_context::new_session() const {
  ssl_pointer ssl = new_ssl(context_);
  SSL_set_connect_state(ssl.get());
  SSL_set_app_data(ssl.get(), sessions_.get());
  if (is_address(host_)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host_.c_str());
  } else {
    const std::string name = host_.substr(0, host_.find_last_not_of('.') + 1); // no certificate has a root's dot
    SSL_set_tlsext_host_name(ssl.get(), name.c_str());
    SSL_set1_host(ssl.get(), name.c_str());
  }
  sessions_->resume_in(ssl.get());
  return std::make_unique<tls_session>(std::move(ssl), sessions_);
}

namespace {

// A client that offers other protocols only is spoken to all the same.
int choose_protocol(ssl_st*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, size, application_protocols.data(), application_protocols.size(),
                                            offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

} // namespace

result<tls_server_context> tls_server_context::make(const std::filesystem::path& certificate_file,
                                                    const std::filesystem::path& key_file) {
  ERR_clear_error();
  ssl_context_pointer context = new_context(TLS_server_method());
  constexpr std::string_view session_scope = "loadgen";
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>(session_scope.data()),
                                 session_scope.size());
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
  // A key with a passphrase is refused: OpenSSL would ask for it on the terminal.
  SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
    return unusable(certificate_file, "a certificate");
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return unusable(key_file, "the key of " + certificate_file.string());
  return tls_server_context{std::move(context)};
}

std::unique_ptr<tls_session> tls_server_context::new_session() const {
  ssl_pointer ssl = new_ssl(context_);
  SSL_set_accept_state(ssl.get());
  return std::make_unique<tls_session>(std::move(ssl), nullptr);
}

} // namespace loadgen::net
