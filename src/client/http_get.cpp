#include "client/http_get.hpp"

#include "http/message_parser.hpp"
#include "http/request_writer.hpp"
#include "net/connector.hpp"
#include "net/receive_loop.hpp"
#include "protocol/stream_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

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
  const net::address_list& addresses;
  std::string request; // empty: only connect
  reply_reader reader;
  net::connect_result opened;
  net::exchange_result exchanged;
  bool ended = false;
};

asio::awaitable<void> carry_out(net::connector& connector, get_call& call) {
  call.opened = co_await connector.connect(call.addresses);
  if (call.opened.opened && !call.request.empty())
    call.exchanged = co_await call.opened.opened->async_exchange(call.request, call.reader, asio::deferred);
  call.ended = true;
}

void run_to_end(get_call& call, duration limit) {
  asio::io_context context{1};
  net::receive_loop loop;
  net::connector::settings settings;
  settings.timeout = limit;
  net::connector connector{context.get_executor(), loop, settings};
  asio::co_spawn(context, carry_out(connector, call), asio::detached);
  context.run_for(limit + std::chrono::milliseconds{100});
  if (!call.ended) { // connected, and no whole answer in time
    call.opened.opened->cancel();
    context.run();
  }
  if (call.opened.opened) loop.retire(call.opened.opened);
}

} // namespace

result<http_reply> http_get(const net::address_list& addresses, std::string_view path, std::string_view host,
                            const header_list& headers, duration limit) {
  get_call call{addresses, {}, {}, {}, {}, false};
  if (!path.empty()) {
    http::request wanted;
    wanted.method = "GET";
    wanted.target = path;
    wanted.host = host;
    wanted.headers = headers;
    auto written = http::write_request(wanted);
    if (written.has_error()) return written.error();
    call.request = std::move(*written);
  }
  run_to_end(call, limit);
  if (!call.opened.opened) return error{errc::unreachable, call.opened.failure.message()};
  if (path.empty()) return http_reply{};
  if (call.exchanged.end == net::exchange_end::cancelled)
    return error{errc::unreachable, "no answer to GET " + std::string{path} + " in time"};
  if (!call.reader.whole())
    return error{errc::unreachable, "the answer to GET " + std::string{path} + " is not a whole HTTP/1.1 response"};
  return std::move(call.reader.reply());
}

result<std::vector<std::string>> list_models(const net::address_list& addresses, const std::string& prefix,
                                             std::string_view host, const header_list& headers, duration limit) {
  const auto reply = http_get(addresses, prefix + "/v1/models", host, headers, limit);
  if (reply.has_error()) return reply.error();
  return reply->status == 200 ? protocol::model_names(reply->body) : std::vector<std::string>{};
}

} // namespace loadgen::client
