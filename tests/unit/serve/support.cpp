#include "unit/serve/support.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <atomic>
#include <charconv>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::serve::test {

namespace {

void check(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

std::size_t parse_size(std::string_view text, int base) {
  std::size_t size = 0;
  check(std::from_chars(text.data(), text.data() + text.size(), size, base).ec == std::errc{}, "unreadable size");
  return size;
}

reference_server make_server(server_settings settings) {
  settings.port = 0;
  auto made = reference_server::create(std::move(settings));
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

} // namespace

std::vector<std::string> decode_chunks(std::string_view bytes) {
  std::vector<std::string> chunks;
  while (!bytes.empty()) {
    const std::size_t line_end = bytes.find("\r\n");
    check(line_end != std::string_view::npos, "no chunk size");
    const std::size_t size = parse_size(bytes.substr(0, line_end), 16);
    chunks.emplace_back(bytes.substr(line_end + 2, size));
    check(bytes.substr(line_end + 2 + size, 2) == "\r\n", "no line end after the chunk");
    bytes.remove_prefix(line_end + 4 + size);
  }
  return chunks;
}

std::vector<std::string> decode_events(std::string_view body) {
  std::vector<std::string> events;
  while (!body.empty()) {
    const std::size_t end = body.find("\n\n");
    check(body.starts_with("data: ") && end != std::string_view::npos, "not an event");
    events.emplace_back(body.substr(6, end - 6));
    check(events.back().find('\n') == std::string::npos, "an event of several lines");
    body.remove_prefix(end + 2);
  }
  return events;
}

temporary_file::temporary_file() {
  static std::atomic<int> count{0};
  path_ = std::filesystem::temp_directory_path() / fmt::format("loadgen_serve_{}_{}", ::getpid(), ++count);
}

temporary_file::~temporary_file() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

running_server::running_server(server_settings settings)
    : server_(make_server(std::move(settings))),
      thread_([this] { server_.run(); }) {}

running_server::~running_server() {
  stop();
}

void running_server::stop() {
  if (!thread_.joinable()) return;
  server_.stop();
  thread_.join();
}

std::vector<std::string> http_response::texts() const {
  std::vector<std::string> found;
  for (const std::string& event : events()) {
    if (event == "[DONE]") continue;
    const auto parsed = boost::json::parse(event);
    boost::json::error_code absent;
    const auto* text = parsed.find_pointer("/choices/0/delta/content", absent);
    if (text == nullptr) text = parsed.find_pointer("/choices/0/text", absent);
    if (text != nullptr && !text->as_string().empty()) found.emplace_back(text->as_string().c_str());
  }
  return found;
}

void client::free_session::operator()(ssl_st* session) const noexcept {
  SSL_free(session);
}

client::client(std::uint16_t port, int receive_buffer, transport over) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "cannot connect");
  if (over == transport::plain) return;
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                                         SSL_CTX_free};
  tls_.reset(SSL_new(context.get()));
  SSL_set_fd(tls_.get(), fd_);
  check(SSL_connect(tls_.get()) == 1, "cannot shake hands");
}

client::~client() {
  ::close(fd_);
}

void client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    check(sent > 0, "cannot send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void client::post(std::string_view path, std::string_view body, std::string_view headers) const {
  send(fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", path, headers, body.size(), body));
}

void client::get(std::string_view path) const {
  send(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path));
}

bool client::read_more() {
  std::array<char, 65536> buffer; // NOLINT: filled by recv
  const ssize_t size = tls_ ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                            : ::recv(fd_, buffer.data(), buffer.size(), 0);
  check(size >= 0, "nothing to read for twenty seconds, or the connection broke");
  input_.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string client::take(std::size_t size) {
  while (input_.size() < size) check(read_more(), "the response is cut off");
  std::string taken = input_.substr(0, size);
  input_.erase(0, size);
  return taken;
}

std::string client::read_until(std::string_view text) {
  std::size_t found = 0;
  while ((found = input_.find(text)) == std::string::npos) check(read_more(), "the response is cut off");
  return take(found + text.size());
}

http_response client::read_response() {
  http_response response;
  response.head = read_until("\r\n\r\n");
  response.status = static_cast<int>(parse_size(response.head.substr(9, 3), 10));
  constexpr std::string_view length_header = "Content-Length: ";
  if (const std::size_t at = response.head.find(length_header); at != std::string::npos) {
    const std::string_view rest = std::string_view{response.head}.substr(at + length_header.size());
    response.body = take(parse_size(rest, 10));
  } else if (response.head.find("Transfer-Encoding: chunked\r\n") != std::string::npos) {
    for (;;) {
      const std::size_t size = parse_size(read_until("\r\n"), 16);
      const std::string chunk = take(size);
      check(take(2) == "\r\n", "no line end after the chunk");
      if (size == 0) break;
      response.chunks.push_back(chunk);
      response.body += chunk;
    }
  } else {
    while (read_more()) {
    }
    response.body = std::exchange(input_, {});
  }
  return response;
}

http_response client::get_page(std::string_view path) {
  get(path);
  return read_response();
}

bool client::at_end() {
  return input_.empty() && !read_more();
}

std::uint64_t metric(std::uint16_t port, std::string_view name, transport over) {
  client asking{port, 0, over};
  const std::string page = asking.get_page("/metrics").body;
  const std::string line_start = fmt::format("\n{} ", name);
  const std::size_t at = page.find(line_start);
  check(at != std::string::npos, "no such metric");
  return parse_size(std::string_view{page}.substr(at + line_start.size()), 10);
}

void await_metric(std::uint16_t port, std::string_view name, std::uint64_t value) {
  const auto limit = clock::now() + std::chrono::seconds{20};
  while (metric(port, name) != value) check(clock::now() < limit, "the metric does not get there");
}

} // namespace loadgen::serve::test
