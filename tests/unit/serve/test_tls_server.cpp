// The reference server over TLS: what differs from plain connections, and that nothing else does.

#include "net/tls_context.hpp"
#include "serve/connection.hpp"
#include "support/certificates.hpp"
#include "unit/serve/support.hpp"

#include <loadgen/serve/truth.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sys/socket.h>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;
using loadgen::test::certificate_authority;
using test::client;
using test::running_server;
using test::transport;

constexpr std::string_view chat_path = "/v1/chat/completions";

class tls_server : public testing::Test {
protected:
  [[nodiscard]] server_settings settings() const {
    server_settings made{.ttft = 1ms, .itl = 100us, .tokens = 5};
    made.tls_certificate = files_.certificate;
    made.tls_key = files_.key;
    return made;
  }

  certificate_authority authority_;
  loadgen::test::certificate_files files_ = authority_.issue_for_localhost();
};

std::string body_for(std::uint32_t tokens) {
  return fmt::format(R"({{"stream":true,"messages":[],"max_tokens":{}}})", tokens);
}

TEST_F(tls_server, serves_one_stream_after_another) {
  const running_server server{settings()};
  client user{server.port(), 0, transport::tls};
  for (int i = 0; i < 3; ++i) {
    user.post(chat_path, body_for(3));
    EXPECT_EQ(user.read_response().texts(), (std::vector<std::string>{" 000000", " 000001", " 000002"}));
  }
}

TEST_F(tls_server, pipelined_requests_are_served_in_order) {
  const running_server server{settings()};
  client user{server.port(), 0, transport::tls};
  for (std::uint32_t tokens = 1; tokens <= 4; ++tokens) user.post(chat_path, body_for(tokens));
  for (std::size_t tokens = 1; tokens <= 4; ++tokens) EXPECT_EQ(user.read_response().texts().size(), tokens);
}

TEST_F(tls_server, a_request_may_come_in_records_of_one_byte) {
  const running_server server{settings()};
  client user{server.port(), 0, transport::tls};
  const std::string body = body_for(2);
  const std::string request =
      fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", chat_path, body.size(), body);
  for (const char& byte : request) user.send({&byte, 1});
  EXPECT_EQ(user.read_response().texts().size(), 2U);
}

TEST_F(tls_server, a_request_larger_than_a_read_arrives_whole) {
  const running_server server{settings()};
  client user{server.port(), 0, transport::tls};
  user.post(chat_path,
            fmt::format(R"({{"messages":[{{"role":"user","content":"{}"}}]}})", std::string(1U << 20U, 'x')));
  EXPECT_EQ(user.read_response().status, 200);
}

// Its socket takes a few tokens at a time: what is refused is neither lost, doubled nor stamped early.
TEST_F(tls_server, a_client_that_reads_late_gets_every_token_in_its_own_event) {
  const test::temporary_file truth;
  server_settings paced = settings();
  paced.itl = 0ms;
  paced.truth = truth.path();
  running_server server{paced};
  client user{server.port(), 4096, transport::tls};
  constexpr std::uint32_t tokens = 50'000; // some 11 MB, more than the sockets' buffers hold
  user.post(chat_path, body_for(tokens));
  // The count of written tokens stands still once nothing more fits.
  std::uint64_t before = 0, now = 0;
  do {
    before = now;
    now = test::metric(server.port(), "loadgen_serve_tokens_total", transport::tls);
  } while (now == 0 || now != before);
  EXPECT_LT(now, tokens);
  const instant began_to_read = clock::now();
  const auto texts = user.read_response().texts();
  ASSERT_EQ(texts.size(), tokens);
  for (std::uint32_t i = 0; i < tokens; ++i) ASSERT_EQ(texts[i], fmt::format(" {:06}", i));
  server.stop();
  const auto records = read_truth(truth.path());
  ASSERT_TRUE(records && records->size() == 1);
  EXPECT_EQ(records->front().written.size(), tokens);
  EXPECT_TRUE(records->front().kernel_stamp);
  EXPECT_GT(records->front().written.back(), began_to_read);
}

TEST_F(tls_server, a_client_that_does_not_speak_tls_is_turned_away) {
  const running_server server{settings()};
  client plain{server.port()};
  plain.get("/health");
  EXPECT_THROW(static_cast<void>(plain.read_response()), std::runtime_error); // an alert at most
  EXPECT_EQ(client(server.port(), 0, transport::tls).get_page("/health").status, 200);
}

TEST_F(tls_server, a_handshake_that_never_goes_on_holds_nobody_up) {
  const running_server server{settings()};
  const client silent{server.port()};
  silent.send("\x16\x03\x01");
  EXPECT_EQ(client(server.port(), 0, transport::tls).get_page("/health").status, 200);
}

// What a server does with a request and a farewell that came in one read.
TEST_F(tls_server, a_client_that_has_said_farewell_is_sent_nothing_more) {
  const auto context = net::tls_server_context::make(files_.certificate, files_.key).value();
  const auto user = net::tls_client_context::make("localhost", {authority_.file(), false}).value()->new_session();
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  const unique_fd peer{ends[0]};
  connection link{unique_fd{ends[1]}, context.new_session()};
  const auto scratch = std::make_unique<net::read_buffers>();
  std::array<char, 8192> bytes{};
  const auto carry = [&] {
    const ssize_t size = std::max<ssize_t>(recv(peer.get(), bytes.data(), bytes.size(), 0), 0);
    user->receive({bytes.data(), static_cast<std::size_t>(size)}, scratch->plain);
    EXPECT_EQ(::send(peer.get(), user->output().data(), user->output().size(), 0),
              static_cast<ssize_t>(user->output().size()));
    user->consume_output(user->output().size());
  };
  carry();
  EXPECT_FALSE(link.receive(*scratch));
  carry();
  EXPECT_FALSE(link.receive(*scratch));
  EXPECT_TRUE(user->seal("a request"));
  user->end();
  carry();
  EXPECT_EQ(link.receive(*scratch).value().bytes, "a request");
  EXPECT_TRUE(link.open());
  EXPECT_FALSE(link.try_send("an answer"));
  EXPECT_FALSE(link.open());
}

TEST_F(tls_server, cannot_be_made_of_files_that_are_of_no_use) {
  server_settings swapped = settings();
  std::swap(swapped.tls_certificate, swapped.tls_key);
  const auto made = reference_server::create(swapped);
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().code, errc::invalid_input);
  EXPECT_NE(made.error().message.find(files_.key.string()), std::string::npos);
}

} // namespace
} // namespace loadgen::serve
