// Streams one request and hands each piece of the answer to a callback, with the time it arrived.
//
//   stream_one_request http://127.0.0.1:8000 [MODEL]

#include <loadgen/engine/streamer.hpp>
#include <loadgen/engine/target.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <string>

using namespace loadgen;

namespace {

int give_up(const error& why) {
  std::fprintf(stderr, "stream_one_request: %s\n", why.message.c_str());
  return 1;
}

boost::asio::awaitable<void> ask(engine::streamer& server, std::string body, metrics::request_record& record) {
  engine::streamer::content_callback print = [](const engine::content_event& event) {
    std::printf("%s", event.text.c_str());
    std::fflush(stdout);
  };
  record = co_await server.stream(std::move(body), std::move(print));
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return give_up(invalid_input("expected the URL of a server"));
  const auto target = engine::parse_target(argv[1]);
  if (target.has_error()) return give_up(target.error());

  boost::asio::io_context context{1};
  engine::client_settings settings;
  settings.targets = {*target};
  auto server = engine::streamer::create(context.get_executor(), settings, endpoint_kind::chat);
  if (server.has_error()) return give_up(server.error());

  const std::string model = argc > 2 ? argv[2] : "reference";
  const std::string body = R"({"model":")" + model +
                           R"(","stream":true,"max_tokens":12,"messages":[{"role":"user","content":"Say hello."}]})";
  metrics::request_record record;
  boost::asio::co_spawn(context, ask(*server, body, record), boost::asio::detached);
  context.run();

  if (record.end != metrics::outcome::completed) {
    std::fprintf(stderr, "failed: %s %s\n", std::string{to_string(record.why)}.c_str(), record.message.c_str());
    return 1;
  }
  std::printf("\n%zu pieces, the first after %.3f ms\n", record.chunks.size(),
              record.chunks.empty() ? 0.0 : to_ms(record.chunks.front().arrival - *record.sent));
  return 0;
}
