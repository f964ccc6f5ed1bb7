#include "net_fixture.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/deferred.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::net::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using loadgen::test::certificate_authority;
using loadgen::test::make_server_tls;
using loadgen::test::scripted_connection;
using loadgen::test::scripted_server;

constexpr std::string_view request = "GET / HTTP/1.1\r\n\r\n";

asio::awaitable<exchange_result> exchange(connection& link, std::string_view bytes, stream_sink& sink) {
  co_return co_await link.async_exchange(bytes, sink, asio::deferred);
}

// A connection whose peer is in the test's hand: each of its writes is one read, and what it writes it chooses.
class tls_connection : public testing::Test {
protected:
  tls_connection() {
    const auto files = authority_.issue_for_localhost();
    server_context_ = tls_server_context::make(files.certificate, files.key).value();
    client_context_ = tls_client_context::make("localhost", {authority_.file(), false}).value();
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peer_socket_ = ends[1];
    auto own = client_context_->new_session();
    peer_ = server_context_->new_session();
    own->receive({}, plain_);
    carry(*own, *peer_);
    carry(*peer_, *own);
    carry(*own, *peer_); // the tickets that follow are left in the peer's hand
    link_ = std::make_shared<connection>(ends[0], false, worker_.context.get_executor(), std::move(own));
    EXPECT_TRUE(worker_.loop.add(*link_));
  }

  ~tls_connection() override {
    worker_.loop.retire(link_);
    close(peer_socket_);
  }

  void carry(tls_session& from, tls_session& to) {
    const std::string bytes = output_of(from);
    to.receive(bytes, plain_);
  }

  static std::string output_of(tls_session& session) {
    std::string bytes{session.output()};
    session.consume_output(bytes.size());
    return bytes;
  }

  std::string seal(std::string_view text) {
    EXPECT_TRUE(peer_->seal(text));
    return output_of(*peer_);
  }

  void write(std::string_view bytes) const {
    ASSERT_EQ(send(peer_socket_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  // An exchange in which the peer does `answer` once the client waits.
  template<class Answer>
  exchange_result run(collecting_sink& sink, Answer answer) {
    worker_.after_start(answer);
    return worker_.run(exchange(*link_, request, sink));
  }

  // Waits until the receive loop has taken all that the peer has written.
  void await_all_read() const {
    char byte = 0;
    while (recv(link_->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1) std::this_thread::sleep_for(1ms);
  }

  certificate_authority authority_;
  result<tls_server_context> server_context_ = invalid_input("not made yet");
  std::shared_ptr<const tls_client_context> client_context_;
  net_fixture worker_;
  int peer_socket_ = -1;
  std::unique_ptr<tls_session> peer_;
  std::shared_ptr<connection> link_;
  std::array<char, 2 * tls_record_size> plain_{};
};

TEST_F(tls_connection, the_records_of_one_read_are_one_call) {
  collecting_sink sink{"."};
  write(output_of(*peer_)); // tickets first
  const exchange_result result = run(sink, [&] {
    for (const char* token : {"one ", "two ", "three."}) EXPECT_TRUE(peer_->seal(token));
    write(output_of(*peer_));
  });
  EXPECT_EQ(result.end, exchange_end::satisfied);
  EXPECT_EQ(sink.text, "one two three.");
  EXPECT_EQ(sink.arrivals.size(), 1U);
  EXPECT_EQ(result.bytes_sent, request.size());
}

TEST_F(tls_connection, a_record_belongs_to_the_read_that_completes_it) {
  collecting_sink sink{"."};
  instant completed;
  const exchange_result result = run(sink, [&] {
    const std::string bytes = seal("token.");
    write(std::string_view{bytes}.substr(0, 10));
    await_all_read();
    completed = clock::now();
    write(std::string_view{bytes}.substr(10));
  });
  EXPECT_EQ(result.end, exchange_end::satisfied);
  ASSERT_EQ(sink.arrivals.size(), 1U);
  EXPECT_GE(sink.arrivals[0].at, completed);
}

TEST_F(tls_connection, tickets_between_exchanges_are_no_words_out_of_turn) {
  const std::string tickets = output_of(*peer_);
  ASSERT_FALSE(tickets.empty());
  write(std::string_view{tickets}.substr(0, 9)); // the receive loop may take it, or the start of the exchange
  await_all_read();
  EXPECT_TRUE(link_->usable());
  write(std::string_view{tickets}.substr(9));
  collecting_sink sink{"."};
  EXPECT_EQ(run(sink, [&] { write(seal("one.")); }).end, exchange_end::satisfied);
  EXPECT_TRUE(link_->usable());
}

TEST_F(tls_connection, data_between_exchanges_makes_it_unusable) {
  EXPECT_TRUE(peer_->seal("and another thing")); // behind the tickets
  write(output_of(*peer_));
  const instant limit = clock::now() + 10s;
  while (link_->usable() && clock::now() < limit) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(link_->usable());
  collecting_sink sink{"."};
  EXPECT_EQ(worker_.run(exchange(*link_, request, sink)).end, exchange_end::stale);
}

TEST_F(tls_connection, a_farewell_between_exchanges_makes_it_stale) {
  peer_->end();
  write(output_of(*peer_));
  collecting_sink sink{"."};
  EXPECT_EQ(worker_.run(exchange(*link_, request, sink)).end, exchange_end::stale);
  EXPECT_FALSE(link_->usable());
}

TEST_F(tls_connection, a_farewell_in_the_midst_is_an_orderly_close) {
  collecting_sink sink{"."};
  const exchange_result result = run(sink, [&] {
    EXPECT_TRUE(peer_->seal("half"));
    peer_->end();
    write(output_of(*peer_));
  });
  EXPECT_EQ(result.end, exchange_end::closed);
  EXPECT_FALSE(result.failure.failed());
  EXPECT_EQ(sink.text, "half");
}

TEST_F(tls_connection, a_record_that_was_tampered_with_breaks_it) {
  collecting_sink sink{"."};
  const exchange_result result = run(sink, [&] {
    std::string bytes = seal("token.");
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write(bytes);
  });
  EXPECT_EQ(result.end, exchange_end::broken);
  EXPECT_NE(result.failure.message().find("bad record mac"), std::string::npos);
  EXPECT_EQ(sink.text, "");
}

// The rest against OpenSSL's own server, over TCP.
class tls_link : public testing::Test {
protected:
  [[nodiscard]] std::shared_ptr<ssl_ctx_st> server_tls() const {
    return make_server_tls(authority_.issue_for_localhost(), {});
  }

  std::shared_ptr<connection> connect(const scripted_server& server) {
    return worker_.connect(server.port(), tls_.get());
  }

  certificate_authority authority_;
  std::shared_ptr<const tls_client_context> tls_ =
      tls_client_context::make("localhost", {authority_.file(), false}).value();
  net_fixture worker_;
};

TEST_F(tls_link, what_is_decrypted_has_the_kernels_stamp_of_its_ciphertext) {
  scripted_server server{[](scripted_connection& client, int) {
                           client.read_request();
                           client.send("one ");
                           client.pause(20ms);
                           client.send("two.");
                           client.wait_for_close();
                         },
                         server_tls()};
  const auto link = connect(server);
  ASSERT_TRUE(link);
  collecting_sink sink{"."};
  const exchange_result result = worker_.run(exchange(*link, request, sink));
  EXPECT_EQ(result.end, exchange_end::satisfied);
  EXPECT_EQ(sink.text, "one two.");
  ASSERT_EQ(sink.arrivals.size(), 2U);
  EXPECT_TRUE(sink.arrivals[0].kernel_stamped && sink.arrivals[1].kernel_stamped);
  EXPECT_GE(sink.arrivals[1].at - sink.arrivals[0].at, 19ms);
  worker_.loop.retire(link);
}

TEST_F(tls_link, carries_one_exchange_after_another) {
  scripted_server server{[](scripted_connection& client, int) {
                           while (client.read_request()) client.send("ok.");
                         },
                         server_tls()};
  const auto link = connect(server);
  ASSERT_TRUE(link);
  for (int i = 0; i < 50; ++i) {
    collecting_sink sink{"."};
    ASSERT_EQ(worker_.run(exchange(*link, request, sink)).end, exchange_end::satisfied);
    EXPECT_EQ(sink.text, "ok.");
  }
  EXPECT_EQ(server.connections(), 1);
  worker_.loop.retire(link);
}

TEST_F(tls_link, new_keys_are_taken_in_the_midst_of_an_exchange) {
  scripted_server server{[](scripted_connection& client, int) {
                           client.read_request();
                           client.send("well, ");
                           client.renew_keys();
                           client.send("ok.");
                           client.read_request();
                           client.send("again.");
                           client.wait_for_close();
                         },
                         server_tls()};
  const auto link = connect(server);
  ASSERT_TRUE(link);
  for (const char* expected : {"well, ok.", "again."}) {
    collecting_sink sink{"."};
    EXPECT_EQ(worker_.run(exchange(*link, request, sink)).end, exchange_end::satisfied);
    EXPECT_EQ(sink.text, expected);
  }
  worker_.loop.retire(link);
}

TEST_F(tls_link, a_request_larger_than_the_socket_buffer_goes_out_whole) {
  const std::string body(8U << 20U, 'x');
  std::string arrived;
  scripted_server server{[&](scripted_connection& client, int) {
                           client.pause(50ms); // until the socket is full
                           client.read_request();
                           arrived = client.body();
                           client.send("ok.");
                           client.wait_for_close();
                         },
                         server_tls()};
  const auto link = connect(server);
  ASSERT_TRUE(link);
  const std::string large = "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  collecting_sink sink{"."};
  const exchange_result result = worker_.run(exchange(*link, large, sink));
  EXPECT_EQ(result.end, exchange_end::satisfied);
  EXPECT_EQ(result.bytes_sent, large.size());
  EXPECT_TRUE(arrived == body);
  worker_.loop.retire(link);
}

} // namespace
} // namespace loadgen::net::test
