#include "support/scripted_server.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::test {

namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener, 256) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no port on loopback");
  port = ntohs(address.sin_port);
  return listener;
}

std::size_t content_length(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoll(head.c_str() + at + 16));
}

} // namespace

void scripted_connection::free_session::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

scripted_connection::scripted_connection(int socket, ssl_ctx_st* tls) : socket_(socket) {
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), socket_);
  ready_ = SSL_accept(tls_.get()) == 1;
}

scripted_connection::~scripted_connection() {
  if (socket_ < 0) return;
  if (tls_ && ready_) SSL_shutdown(tls_.get());
  ::close(socket_);
}

long scripted_connection::read_some(char* into, std::size_t size) {
  return tls_ ? SSL_read(tls_.get(), into, static_cast<int>(size)) : recv(socket_, into, size, 0);
}

long scripted_connection::write_some(std::string_view bytes) {
  return tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
              : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void scripted_connection::renew_keys() {
  SSL_key_update(tls_.get(), SSL_KEY_UPDATE_REQUESTED);
  SSL_do_handshake(tls_.get());
}

bool scripted_connection::read_request() {
  char piece[4096];
  for (;;) {
    const auto end = received_.find("\r\n\r\n");
    if (end != std::string::npos && received_.size() >= end + 4 + content_length(received_)) {
      head_ = received_.substr(0, end + 4);
      const std::size_t length = content_length(head_);
      body_ = received_.substr(end + 4, length);
      received_.erase(0, end + 4 + length);
      return true;
    }
    const long n = read_some(piece, sizeof piece);
    if (n <= 0) return false;
    received_.append(piece, static_cast<std::size_t>(n));
  }
}

void scripted_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long n = write_some(bytes);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void scripted_connection::pause(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

void scripted_connection::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

void scripted_connection::wait_for_close(std::chrono::milliseconds limit) {
  pollfd news{socket_, POLLRDHUP, 0};
  poll(&news, 1, static_cast<int>(limit.count()));
}

bool scripted_connection::wait_for_bytes(std::chrono::milliseconds limit) {
  pollfd news{socket_, POLLIN, 0};
  return poll(&news, 1, static_cast<int>(limit.count())) == 1;
}

scripted_server::scripted_server(script play, std::shared_ptr<ssl_ctx_st> tls)
    : play_(std::move(play)),
      tls_(std::move(tls)),
      listener_(listen_on_loopback(port_)),
      acceptor_([this] { accept_all(); }) {}

scripted_server::~scripted_server() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& player : players_) player.join();
  ::close(listener_);
}

int scripted_server::connections() const {
  const std::lock_guard lock{mutex_};
  return static_cast<int>(players_.size());
}

void scripted_server::accept_all() {
  for (int number = 0;; ++number) {
    const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) return;
    const int on = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock{mutex_};
    players_.emplace_back([this, accepted, number] {
      scripted_connection client{accepted, tls_.get()};
      if (client.ready()) play_(client, number);
    });
  }
}

std::uint16_t unused_port() {
  std::uint16_t port = 0;
  ::close(listen_on_loopback(port));
  return port;
}

std::string stream_head() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view data) {
  return fmt::format("{:x}\r\n{}\r\n", data.size(), data);
}

std::string token_chunk(std::string_view content) {
  return chunk(fmt::format(R"(data: {{"choices":[{{"index":0,"delta":{{"content":"{}"}},"finish_reason":null}}]}})"
                           "\n\n",
                           content));
}

std::string stream_tail() {
  return chunk(R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
               "\n\n") +
         chunk("data: [DONE]\n\n") + "0\r\n\r\n";
}

} // namespace loadgen::test
