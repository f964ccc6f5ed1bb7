#pragma once

#include "support/scripted_server.hpp"

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::test {

/// A server that answers its n-th request, counted from 0 over all connections, with the n-th of `statuses`, and all
/// further ones with two tokens.
class partly_failing_server {
public:
  explicit partly_failing_server(std::vector<std::string> statuses) : statuses_(std::move(statuses)) {}

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

private:
  void answer(scripted_connection& client) {
    while (client.read_request()) {
      const std::size_t number = requests_++;
      if (number < statuses_.size())
        client.send("HTTP/1.1 " + statuses_[number] + "\r\nContent-Length: 0\r\n\r\n");
      else
        client.send(stream_head() + token_chunk("a") + token_chunk("b") + stream_tail());
    }
  }

  std::vector<std::string> statuses_;
  std::atomic<std::size_t> requests_ = 0;
  scripted_server server_{[this](scripted_connection& client, int) { answer(client); }};
};

} // namespace loadgen::test
