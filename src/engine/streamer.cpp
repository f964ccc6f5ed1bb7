#include "client/connection_pool.hpp"
#include "client/exchange.hpp"
#include "engine/client_limits.hpp"
#include "engine/servers.hpp"
#include "net/receive_loop.hpp"

#include <loadgen/engine/streamer.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_set>
#include <utility>

namespace loadgen::engine {

namespace asio = boost::asio;

namespace {

/// Hands content from the receiving thread to the executor's.
class posting_listener final : public client::content_listener {
public:
  posting_listener(asio::any_io_executor executor, streamer::content_callback callback)
      : executor_(std::move(executor)),
        callback_(std::make_shared<const streamer::content_callback>(std::move(callback))) {}

  void on_content(std::string_view answer_text, std::string_view reasoning_text, instant arrival) override {
    content_event event{std::string{answer_text}, std::string{reasoning_text}, arrival};
    asio::post(executor_, [callback = callback_, event = std::move(event)] { (*callback)(event); });
  }

private:
  asio::any_io_executor executor_;
  std::shared_ptr<const streamer::content_callback> callback_;
};

} // namespace

struct streamer::state {
  state(asio::any_io_executor on, const client_settings& chosen, endpoint_kind kind, server to)
      : executor(std::move(on)),
        settings(chosen),
        endpoint(kind),
        where(std::move(to)),
        connector(executor, loop, connector_settings(settings)),
        idle(loop),
        limits_timer(executor) {}

  asio::any_io_executor executor;
  client_settings settings;
  endpoint_kind endpoint;
  server where;
  net::receive_loop loop;
  net::connector connector;
  client::connection_pool idle;
  client::stream_meter meter;
  std::unordered_set<client::exchange*> under_way;
  asio::steady_timer limits_timer;
  bool limits_looked_after = false;
};

namespace {

template<class State>
void look_after_limits(const std::shared_ptr<State>& of) {
  const std::optional<duration> interval = limits_interval(of->settings);
  of->limits_looked_after = interval && !of->under_way.empty();
  if (!of->limits_looked_after) return;
  of->limits_timer.expires_after(*interval);
  of->limits_timer.async_wait([watched = std::weak_ptr{of}](boost::system::error_code cancelled) {
    const auto still_there = watched.lock();
    if (cancelled || !still_there) return;
    for (client::exchange* const each : still_there->under_way) each->enforce_limits(clock::now());
    look_after_limits(still_there);
  });
}

// A member of streamer would leave the coroutine with a `this` that may go before it ends.
template<class State>
asio::awaitable<metrics::request_record> stream_one(std::shared_ptr<State> with, std::string body,
                                                    streamer::content_callback on_content) {
  client::exchange one{with->connector, exchange_limits(with->settings), with->endpoint, with->meter};
  const bool has_listener = static_cast<bool>(on_content);
  posting_listener listener{with->executor, std::move(on_content)};
  if (has_listener) one.tell(listener);
  with->under_way.insert(&one);
  if (!with->limits_looked_after) look_after_limits(with);

  metrics::request_record record;
  record.released = clock::now();
  const client::route to{with->where.addresses, with->where.form, with->idle, with->where.tls.get()};
  co_await one.run(to, body, record);
  with->under_way.erase(&one);
  co_return record;
}

} // namespace

streamer::streamer(std::shared_ptr<state> made) noexcept : state_(std::move(made)) {}

streamer::streamer(streamer&&) noexcept = default;
streamer& streamer::operator=(streamer&&) noexcept = default;
streamer::~streamer() = default;

result<streamer> streamer::create(asio::any_io_executor executor, const client_settings& settings,
                                  endpoint_kind endpoint) {
  if (settings.targets.empty()) return invalid_input("a streamer needs a target");
  auto servers = make_servers(settings, endpoint);
  if (servers.has_error()) return servers.error();
  return streamer{std::make_shared<state>(std::move(executor), settings, endpoint, std::move(servers->front()))};
}

asio::awaitable<metrics::request_record> streamer::stream(std::string body, content_callback on_content) {
  return stream_one(state_, std::move(body), std::move(on_content));
}

void streamer::cancel_all() {
  for (client::exchange* const each : state_->under_way) each->cancel(metrics::cause::interrupt);
  state_->connector.abort_all();
}

} // namespace loadgen::engine
