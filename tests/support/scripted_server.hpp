#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace loadgen::test {

/// One accepted connection, as a script sees it: blocking, and ended when the script returns.
class scripted_connection {
public:
  /// With `tls`, shakes hands first.
  explicit scripted_connection(int socket, ssl_ctx_st* tls = nullptr);

  scripted_connection(const scripted_connection&) = delete;
  scripted_connection& operator=(const scripted_connection&) = delete;
  ~scripted_connection();

  /// Reads one request, head and body. False when the client closed instead.
  bool read_request();

  /// The request read last: its head and its body.
  [[nodiscard]] const std::string& head() const { return head_; }

  [[nodiscard]] const std::string& body() const { return body_; }

  void send(std::string_view bytes);

  /// TLS 1.3: takes a new key, and asks the client to take one too.
  void renew_keys();

  void pause(std::chrono::milliseconds time);

  /// Ends the connection with a reset instead of an orderly close.
  void reset();

  /// Waits until the client has closed or `limit` is over.
  void wait_for_close(std::chrono::milliseconds limit = std::chrono::seconds{10});

  /// Whether anything comes from the client before `limit` is over.
  [[nodiscard]] bool wait_for_bytes(std::chrono::milliseconds limit = std::chrono::seconds{10});

  /// Whether there is a connection to talk on: the TLS handshake, where there is one, was done.
  [[nodiscard]] bool ready() const { return ready_; }

private:
  struct free_session {
    void operator()(ssl_st* session) const noexcept;
  };

  [[nodiscard]] long read_some(char* into, std::size_t size);
  [[nodiscard]] long write_some(std::string_view bytes);

  int socket_;
  std::unique_ptr<ssl_st, free_session> tls_; // null on a plain connection
  bool ready_ = true;
  std::string received_;
  std::string head_;
  std::string body_;
};

/// A server on loopback that plays a script on every connection, each in a thread of its own: for the answers that no
/// proper server gives.
class scripted_server {
public:
  /// What happens on the `number`-th connection, counted from 0.
  using script = std::function<void(scripted_connection& client, int number)>;

  /// With `tls`, as of make_server_tls(), it speaks TLS, and no script is played where the handshake fails.
  explicit scripted_server(script play, std::shared_ptr<ssl_ctx_st> tls = nullptr);
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;
  ~scripted_server();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  [[nodiscard]] int connections() const;

private:
  void accept_all();

  script play_;
  std::shared_ptr<ssl_ctx_st> tls_;
  std::uint16_t port_ = 0; // set while listener_ is made
  int listener_;
  mutable std::mutex mutex_;
  std::vector<std::thread> players_;
  std::thread acceptor_;
};

/// A port on loopback that nothing listens on.
[[nodiscard]] std::uint16_t unused_port();

/// The head of an event stream, chunked.
[[nodiscard]] std::string stream_head();

/// One HTTP chunk.
[[nodiscard]] std::string chunk(std::string_view data);

/// An HTTP chunk with one chat event of that content.
[[nodiscard]] std::string token_chunk(std::string_view content);

/// The chunks that end a chat stream well: finish_reason, [DONE], and the last chunk.
[[nodiscard]] std::string stream_tail();

} // namespace loadgen::test
