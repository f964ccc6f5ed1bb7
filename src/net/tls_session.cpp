#include "net/tls_session.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <new>
#include <utility>

namespace loadgen::net {

namespace {

constexpr std::size_t most_output_kept = 64 * 1024; // memory that a session keeps for what it will seal next

bio_st* new_memory() {
  bio_st* const made = BIO_new(BIO_s_mem());
  if (made == nullptr) throw std::bad_alloc{};
  return made;
}

// OpenSSL's own words, and plainer ones where these do not say what the matter is.
std::string words_of(unsigned long error) {
  const char* const found = ERR_reason_error_string(error);
  const std::string reason = found != nullptr ? found : "the TLS library gives no reason";
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return reason;
  switch (ERR_GET_REASON(error)) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST: return "the other side does not speak TLS (" + reason + ")";
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
  case SSL_R_UNSUPPORTED_PROTOCOL: return "no TLS version in common, 1.2 being the least (" + reason + ")";
  default: return reason;
  }
}

} // namespace

void free_ssl::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

tls_session::tls_session(ssl_pointer ssl, std::shared_ptr<const void> context)
    : context_(std::move(context)),
      ssl_(std::move(ssl)),
      incoming_(new_memory()),
      outgoing_(new_memory()) {
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
}

// OpenSSL takes a connection that ends without a farewell for a broken one, and would not resume its session.
tls_session::~tls_session() {
  if (state_ != state::failed) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

std::size_t tls_session::receive(std::string_view ciphertext, std::span<char> plaintext) {
  if (!ciphertext.empty()) BIO_write(incoming_, ciphertext.data(), static_cast<int>(ciphertext.size()));
  if (state_ == state::handshake) shake_hands();
  std::size_t received = 0;
  while (state_ == state::open && received < plaintext.size()) {
    std::size_t size = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(ssl_.get(), plaintext.data() + received, plaintext.size() - received, &size);
    received += size;
    if (outcome == 1) continue;
    note(outcome);
    if (state_ == state::open) break; // it wants more bytes
  }
  collect_output();
  return received;
}

void tls_session::shake_hands() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(ssl_.get());
  if (outcome == 1)
    state_ = state::open;
  else
    note(outcome);
}

void tls_session::note(int outcome) {
  switch (SSL_get_error(ssl_.get(), outcome)) {
  case SSL_ERROR_WANT_READ: break;
  case SSL_ERROR_ZERO_RETURN: state_ = state::ended; break;
  default: fail();
  }
}

void tls_session::fail() {
  state_ = state::failed;
  const unsigned long error = ERR_peek_error();
  failure_code_ = make_error_code(boost::system::errc::protocol_error);
  if (error != 0) failure_code_.assign(static_cast<int>(error), boost::asio::error::get_ssl_category());
  const long verified = SSL_get_verify_result(ssl_.get());
  certificate_refused_ = SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE && verified != X509_V_OK;
  failure_ = certificate_refused_ ? X509_verify_cert_error_string(verified) : words_of(error);
  ERR_clear_error();
}

bool tls_session::seal(std::string_view plaintext) {
  if (state_ != state::open) return false;
  std::size_t written = 0;
  ERR_clear_error();
  if (!plaintext.empty() && SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written) != 1) fail();
  collect_output();
  return state_ == state::open;
}

void tls_session::end() {
  if (state_ != state::open && state_ != state::ended) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
  collect_output();
}

void tls_session::collect_output() {
  const std::size_t waiting = BIO_ctrl_pending(outgoing_);
  if (waiting == 0) return;
  const std::size_t before = output_.size();
  output_.resize(before + waiting);
  BIO_read(outgoing_, output_.data() + before, static_cast<int>(waiting));
}

void tls_session::consume_output(std::size_t size) {
  output_begin_ += size;
  if (output_begin_ < output_.size()) return;
  output_.clear();
  output_begin_ = 0;
  if (output_.capacity() > most_output_kept) output_.shrink_to_fit();
}

bool tls_session::resumed() const noexcept {
  return SSL_session_reused(ssl_.get()) == 1;
}

} // namespace loadgen::net
