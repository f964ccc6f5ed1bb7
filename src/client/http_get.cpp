#include "client/http_get.hpp"

#include "http/message_parser.hpp"
#include "http/request_writer.hpp"
#include "net/receive_loop.hpp"
#include "protocol/endpoint_pages.hpp"
#include "protocol/stream_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace loadgen::client {

namespace asio = boost::asio;

namespace {

constexpr std::size_t body_limit = 8 * 1024 * 1024;

// Collects one response.
class reply_reader final : public net::stream_sink, private http::message_sink {
public:
  appetite on_bytes(std::string_view bytes, const net::arrival&) override {
    parser_.feed(bytes, *this);
    return parser_.complete() || malformed() ? appetite::satisfied : appetite::more;
  }

  [[nodiscard]] bool whole() { return !malformed() && parser_.finish(); }

  [[nodiscard]] http_reply& reply() noexcept { return reply_; }

private:
  void on_head(const http::message_head& head) override { reply_.status = head.status; }

  void on_body(std::string_view piece) override {
    reply_.body.append(piece.substr(0, body_limit - std::min(body_limit, reply_.body.size())));
  }

  [[nodiscard]] bool malformed() const noexcept { return parser_.error() != http::parse_error::none; }

  http::message_parser parser_{http::message_parser::kind::response};
  http_reply reply_;
};

// What the coroutine and its caller share.
struct get_call {
  const http_server& server;
  std::string_view method, path; // for people
  std::string request;           // empty: only connect
  duration answer_limit;
  reply_reader reader;
  net::connect_result connected;
  net::exchange_result exchanged;
};

asio::awaitable<void> carry_out(net::connector& connector, asio::steady_timer& limit, get_call& call) {
  call.connected = co_await connector.connect(call.server.addresses, call.server.tls);
  if (!call.connected.opened || call.request.empty()) co_return;
  limit.expires_after(call.answer_limit);
  limit.async_wait([&call](boost::system::error_code cancelled) {
    if (!cancelled) call.connected.opened->cancel();
  });
  call.exchanged = co_await call.connected.opened->async_exchange(call.request, call.reader, asio::deferred);
  limit.cancel();
}

void run_to_end(get_call& call, duration connect_limit) {
  asio::io_context context{1};
  net::receive_loop loop;
  net::connector::settings settings;
  settings.timeout = connect_limit;
  net::connector connector{context.get_executor(), loop, settings};
  asio::steady_timer limit{context};
  asio::co_spawn(context, carry_out(connector, limit, call), asio::detached);
  context.run();
  if (call.connected.opened) loop.retire(std::exchange(call.connected.opened, nullptr));
}

result<http_reply> reply_of(get_call& call) {
  if (call.connected.failure) return error{errc::unreachable, call.connected.message};
  if (call.request.empty()) return http_reply{};
  if (call.exchanged.end == net::exchange_end::cancelled)
    return error{errc::unreachable, fmt::format("no answer to {} {} in time", call.method, call.path)};
  if (!call.reader.whole())
    return error{errc::unreachable,
                 fmt::format("the answer to {} {} is not a whole HTTP/1.1 response", call.method, call.path)};
  return std::move(call.reader.reply());
}

} // namespace

result<http_contact> http_ask(const http_server& server, const http_question& question, duration connect_limit,
                              duration answer_limit) {
  get_call call{server, question.method, question.path, {}, answer_limit, {}, {}, {}};
  if (!question.path.empty()) {
    header_list headers = server.headers;
    if (!question.content_type.empty()) headers.emplace_back("Content-Type", question.content_type);
    http::request wanted;
    wanted.method = question.method;
    wanted.target = question.path;
    wanted.host = server.host;
    wanted.headers = headers;
    wanted.body = question.body;
    auto written = http::write_request(wanted);
    if (written.has_error()) return written.error();
    call.request = std::move(*written);
  }
  run_to_end(call, connect_limit);
  auto reply = reply_of(call);
  return http_contact{std::move(call.connected), std::move(reply)};
}

result<http_contact> http_get(const http_server& server, std::string_view path, duration connect_limit,
                              duration answer_limit) {
  return http_ask(server, {.method = "GET", .path = path, .body = {}}, connect_limit, answer_limit);
}

std::string message_in(const http_reply& reply) {
  return protocol::error_message(reply.body);
}

std::span<const std::string_view> endpoint_pages() noexcept {
  return protocol::endpoint_pages();
}

std::optional<endpoint_kind> endpoint_in(std::string_view page, const result<http_reply>& reply) {
  if (reply.has_error() || reply->status != 200) return std::nullopt;
  return protocol::endpoint_told_by(page, reply->body);
}

std::vector<std::string> models_in(const result<http_reply>& reply) {
  return reply && reply->status == 200 ? protocol::model_names(reply->body) : std::vector<std::string>{};
}

} // namespace loadgen::client
