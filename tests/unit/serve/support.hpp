#pragma once

#include <loadgen/serve/reference_server.hpp>

#include <boost/json.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;

namespace loadgen::serve::test {

/// The payloads of the HTTP chunks in `bytes`, the empty last one included.
std::vector<std::string> decode_chunks(std::string_view bytes);

/// The data of the SSE events in `body`, each of one data line.
std::vector<std::string> decode_events(std::string_view body);

/// A file name of its own, removed at the end.
class temporary_file {
public:
  temporary_file();
  ~temporary_file();
  temporary_file(const temporary_file&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// A server on a free port with its thread. What it ran into is thrown, so that the test fails.
class running_server {
public:
  explicit running_server(server_settings settings);
  ~running_server();

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

  /// Stops it and waits, so that its truth file is whole.
  void stop();

private:
  reference_server server_;
  std::thread thread_;
};

struct http_response {
  int status = 0;
  std::string head;
  std::string body;                ///< without chunk framing
  std::vector<std::string> chunks; ///< of a chunked body, the last empty one left out

  [[nodiscard]] boost::json::value json() const { return boost::json::parse(body); }

  /// The data of its events.
  [[nodiscard]] std::vector<std::string> events() const { return decode_events(body); }

  /// The text of each event that has any.
  [[nodiscard]] std::vector<std::string> texts() const;
};

/// How a client speaks to the server. With TLS it trusts anyone: the certificate is not what is tested here.
enum class transport : std::uint8_t { plain, tls };

/// A simple blocking client; a read that waits for twenty seconds is thrown.
class client {
public:
  explicit client(std::uint16_t port, int receive_buffer = 0, transport over = transport::plain);
  ~client();
  client(const client&) = delete;

  void send(std::string_view bytes) const;
  void post(std::string_view path, std::string_view body, std::string_view headers = "") const;
  void get(std::string_view path) const;

  [[nodiscard]] http_response read_response();
  [[nodiscard]] http_response get_page(std::string_view path);

  /// Reads until `text` has come; returns all up to its end.
  std::string read_until(std::string_view text);

  /// Whether the server ends the connection next.
  [[nodiscard]] bool at_end();

private:
  bool read_more();
  std::string take(std::size_t size);

  struct free_session {
    void operator()(ssl_st* session) const noexcept;
  };

  int fd_;
  std::unique_ptr<ssl_st, free_session> tls_; // null where it is plain
  std::string input_;
};

/// The value of a /metrics line.
[[nodiscard]] std::uint64_t metric(std::uint16_t port, std::string_view name, transport over = transport::plain);

/// Asks /metrics until that value is reached.
void await_metric(std::uint16_t port, std::string_view name, std::uint64_t value);

} // namespace loadgen::serve::test
