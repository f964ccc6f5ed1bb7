#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct bio_st;
struct ssl_st;

namespace loadgen::net {

struct free_ssl {
  void operator()(ssl_st* session) const noexcept;
};

using ssl_pointer = std::unique_ptr<ssl_st, free_ssl>;

/// The most plaintext that one TLS record carries.
inline constexpr std::size_t tls_record_size = 16 * 1024;

/// One side of one TLS connection, without its socket: ciphertext and plaintext go in and come out as bytes, whoever
/// carries them. Made by a tls_client_context or a tls_server_context.
///
/// Thread-safety: none. Lifetime: may outlive the context that made it.
class tls_session {
public:
  enum class state : std::uint8_t {
    handshake, ///< waits for the peer's next handshake bytes
    open,      ///< carries data
    ended,     ///< the peer has said that nothing more will follow (close_notify)
    failed,    ///< of no more use; failure() says why
  };

  /// `context` is kept as long as the session lives.
  tls_session(ssl_pointer ssl, std::shared_ptr<const void> context);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  [[nodiscard]] state current() const noexcept { return state_; }

  /// Takes the next bytes from the peer and goes as far as they allow: through the handshake, or to the plaintext they
  /// complete, which is written to `plaintext`. Returns how much; all there is, where `plaintext` has room for as much
  /// as `ciphertext` and one record more. A client begins its handshake with a call without bytes. What has to be
  /// answered is in output().
  std::size_t receive(std::string_view ciphertext, std::span<char> plaintext);

  /// Encrypts `plaintext` to output(). False, and nothing is in it, where the session is not open.
  [[nodiscard]] bool seal(std::string_view plaintext);

  /// Tells the peer, in output(), that nothing more will follow.
  void end();

  /// Ciphertext that has to go to the peer. Valid until the next call of anything else.
  [[nodiscard]] std::string_view output() const noexcept { return std::string_view{output_}.substr(output_begin_); }

  /// The first `size` bytes of output() have gone.
  void consume_output(std::size_t size);

  /// Why it failed, in words: "self-signed certificate", "decryption failed or bad record mac".
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// The same for where only a code can be kept.
  [[nodiscard]] boost::system::error_code failure_code() const noexcept { return failure_code_; }

  /// Whether it failed because the peer's certificate is not trusted.
  [[nodiscard]] bool certificate_refused() const noexcept { return certificate_refused_; }

  /// Whether the handshake went on from an earlier session instead of exchanging certificates anew.
  [[nodiscard]] bool resumed() const noexcept;

private:
  void shake_hands();
  void note(int outcome);
  void fail();
  void collect_output();

  std::shared_ptr<const void> context_;
  ssl_pointer ssl_;
  bio_st* incoming_; // both owned by ssl_
  bio_st* outgoing_;
  state state_ = state::handshake;
  std::string output_;
  std::size_t output_begin_ = 0; // what is before it has gone
  std::string failure_;
  boost::system::error_code failure_code_;
  bool certificate_refused_ = false;
};

} // namespace loadgen::net
