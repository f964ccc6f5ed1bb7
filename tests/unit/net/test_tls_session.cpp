#include "net/tls_context.hpp"
#include "support/certificates.hpp"

#include <gtest/gtest.h>

namespace loadgen::net::test {
namespace {

using loadgen::test::certificate_authority;
using state = tls_session::state;

// A client and a server that hand each other their bytes.
class session_pair : public testing::Test {
protected:
  session_pair() { reset("localhost"); }

  void reset(const std::string& host) {
    const auto files = authority_.issue_for_localhost();
    server_context_ = tls_server_context::make(files.certificate, files.key).value();
    client_context_ = tls_client_context::make(host, {authority_.file(), false}).value();
    connect();
  }

  void connect() {
    client_ = client_context_->new_session();
    server_ = server_context_->new_session();
  }

  // What `to` makes of all that `from` has to say.
  static std::string carry(tls_session& from, tls_session& to) {
    const std::string bytes{from.output()};
    from.consume_output(bytes.size());
    return feed(to, bytes);
  }

  static std::string feed(tls_session& to, std::string_view bytes) {
    std::string plain(bytes.size() + tls_record_size, '\0');
    plain.resize(to.receive(bytes, plain));
    return plain;
  }

  void shake_hands() {
    feed(*client_, {});
    while (!client_->output().empty() || !server_->output().empty()) {
      EXPECT_EQ(carry(*client_, *server_), "");
      EXPECT_EQ(carry(*server_, *client_), "");
    }
    ASSERT_EQ(client_->current(), state::open) << client_->failure();
    ASSERT_EQ(server_->current(), state::open) << server_->failure();
  }

  certificate_authority authority_;
  result<tls_server_context> server_context_ = invalid_input("not made yet");
  std::shared_ptr<const tls_client_context> client_context_;
  std::unique_ptr<tls_session> client_;
  std::unique_ptr<tls_session> server_;
};

TEST_F(session_pair, carries_bytes_both_ways) {
  shake_hands();
  EXPECT_TRUE(client_->seal("ping"));
  EXPECT_EQ(client_->output().find("ping"), std::string_view::npos);
  EXPECT_EQ(carry(*client_, *server_), "ping");
  EXPECT_TRUE(server_->seal("pong"));
  EXPECT_EQ(carry(*server_, *client_), "pong");
}

TEST_F(session_pair, a_name_an_ipv4_and_an_ipv6_address_are_each_found_in_the_certificate) {
  for (const char* host : {"localhost", "localhost.", "127.0.0.1", "::1"}) {
    reset(host);
    shake_hands();
  }
}

TEST_F(session_pair, the_handshake_and_the_data_may_come_byte_by_byte) {
  feed(*client_, {});
  std::string heard;
  const auto trickle = [&](tls_session& from, tls_session& to) {
    const std::string bytes{from.output()};
    from.consume_output(bytes.size());
    for (const char& byte : bytes) heard += feed(to, {&byte, 1});
  };
  while (!client_->output().empty() || !server_->output().empty()) {
    trickle(*client_, *server_);
    trickle(*server_, *client_);
  }
  ASSERT_EQ(client_->current(), state::open);
  EXPECT_TRUE(server_->seal("one"));
  EXPECT_TRUE(server_->seal("two"));
  trickle(*server_, *client_);
  EXPECT_EQ(heard, "onetwo");
}

TEST_F(session_pair, bytes_split_at_any_place_give_the_same_plaintext) {
  shake_hands();
  std::size_t size = 1;
  for (std::size_t split = 0; split <= size; ++split) {
    EXPECT_TRUE(server_->seal("a token"));
    EXPECT_TRUE(server_->seal("and another"));
    const std::string bytes{server_->output()};
    size = bytes.size();
    server_->consume_output(size);
    const std::string first = feed(*client_, std::string_view{bytes}.substr(0, split));
    EXPECT_EQ(first + feed(*client_, std::string_view{bytes}.substr(split)), "a tokenand another");
  }
  EXPECT_GT(size, 18U);
}

TEST_F(session_pair, several_records_come_out_in_one_piece) {
  shake_hands();
  for (const char* token : {"one ", "two ", "three"}) EXPECT_TRUE(server_->seal(token));
  EXPECT_EQ(carry(*server_, *client_), "one two three");
}

TEST_F(session_pair, more_than_a_record_holds_is_sealed_whole) {
  shake_hands();
  const std::string large(100'000, 'x');
  EXPECT_TRUE(client_->seal(large));
  EXPECT_TRUE(carry(*client_, *server_) == large);
}

TEST_F(session_pair, the_tickets_that_follow_a_handshake_are_no_plaintext) {
  feed(*client_, {});
  carry(*client_, *server_);
  carry(*server_, *client_);
  ASSERT_EQ(client_->current(), state::open);
  carry(*client_, *server_);
  ASSERT_FALSE(server_->output().empty()); // TLS 1.3 tickets
  EXPECT_EQ(carry(*server_, *client_), "");
  EXPECT_EQ(client_->current(), state::open);
}

TEST_F(session_pair, the_next_session_to_the_same_server_resumes) {
  shake_hands();
  EXPECT_FALSE(client_->resumed());
  for (int i = 0; i < 3; ++i) {
    connect();
    shake_hands();
    EXPECT_TRUE(client_->resumed());
  }
}

TEST_F(session_pair, a_farewell_is_told_apart_from_data) {
  shake_hands();
  EXPECT_TRUE(server_->seal("last words"));
  server_->end();
  EXPECT_EQ(carry(*server_, *client_), "last words");
  EXPECT_EQ(client_->current(), state::ended);
  EXPECT_FALSE(client_->seal("anyone there?"));
}

TEST_F(session_pair, garbage_instead_of_a_handshake_fails_in_words) {
  feed(*client_, {});
  feed(*client_, "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(client_->current(), state::failed);
  EXPECT_NE(client_->failure().find("does not speak TLS"), std::string::npos) << client_->failure();
  EXPECT_FALSE(client_->certificate_refused());
}

TEST_F(session_pair, a_record_that_was_tampered_with_fails) {
  shake_hands();
  EXPECT_TRUE(server_->seal("a token"));
  std::string bytes{server_->output()};
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(feed(*client_, bytes), "");
  EXPECT_EQ(client_->current(), state::failed);
  EXPECT_TRUE(client_->failure_code().failed());
  EXPECT_NE(client_->failure_code().message().find("bad record mac"), std::string::npos);
}

// Runs the handshake until one side has had enough.
std::string refusal_of(const tls_client_context& client_context, const tls_server_context& server_context) {
  const auto client = client_context.new_session();
  const auto server = server_context.new_session();
  std::string none(tls_record_size, '\0');
  client->receive({}, none);
  for (int flight = 0; flight < 4; ++flight)
    for (auto [from, to] : {std::pair{client.get(), server.get()}, std::pair{server.get(), client.get()}}) {
      const std::string bytes{from->output()};
      from->consume_output(bytes.size());
      to->receive(bytes, none);
    }
  EXPECT_EQ(client->certificate_refused(), client->current() == state::failed);
  return client->failure();
}

TEST(tls_certificate, what_is_wrong_with_it_is_said_in_words) {
  const certificate_authority authority;
  const certificate_authority other;
  const auto serve = [&](const certificate_authority::subject& of) {
    const auto files = authority.issue("server", of);
    return tls_server_context::make(files.certificate, files.key).value();
  };
  const auto trust = [](const char* host, const std::filesystem::path& ca_file) {
    return tls_client_context::make(host, {ca_file, false}).value();
  };
  const auto good = serve({});
  EXPECT_EQ(refusal_of(*trust("localhost", authority.file()), good), "");
  EXPECT_EQ(refusal_of(*trust("localhost", other.file()), good), "unable to get local issuer certificate");
  EXPECT_EQ(refusal_of(*trust("localhost", {}), good), "unable to get local issuer certificate");
  EXPECT_EQ(refusal_of(*trust("example.org", authority.file()), good), "hostname mismatch");
  EXPECT_EQ(refusal_of(*trust("127.0.0.2", authority.file()), good), "IP address mismatch");
  const auto expired = serve({.names = "DNS:localhost", .first_day = -3, .last_day = -2});
  EXPECT_EQ(refusal_of(*trust("localhost", authority.file()), expired), "certificate has expired");
  const auto early = serve({.names = "DNS:localhost", .first_day = 2, .last_day = 3});
  EXPECT_EQ(refusal_of(*trust("localhost", authority.file()), early), "certificate is not yet valid");
}

TEST(tls_certificate, the_servers_own_may_be_the_one_that_is_trusted) {
  const certificate_authority authority;
  const auto files = authority.issue_for_localhost();
  const auto server = tls_server_context::make(files.certificate, files.key).value();
  EXPECT_EQ(refusal_of(*tls_client_context::make("localhost", {files.certificate, false}).value(), server), "");
}

TEST(tls_certificate, is_not_looked_at_when_told_so) {
  const certificate_authority authority;
  const auto files = authority.issue("server", {.names = "DNS:elsewhere", .first_day = -3, .last_day = -2});
  const auto server = tls_server_context::make(files.certificate, files.key).value();
  EXPECT_EQ(refusal_of(*tls_client_context::make("localhost", {{}, true}).value(), server), "");
}

TEST(tls_context, files_that_are_of_no_use_are_named) {
  const certificate_authority authority;
  const auto files = authority.issue_for_localhost();
  const auto others = authority.issue("other", {});
  const loadgen::test::temporary_folder folder;
  const auto text = folder.write("text.pem", "no certificate\n");
  const auto missing = folder.path() / "missing.pem";
  const auto client_error = [](const std::filesystem::path& ca_file) {
    return tls_client_context::make("localhost", {ca_file, false}).error().message;
  };
  const auto server_error = [](const auto& certificate, const auto& key) {
    return tls_server_context::make(certificate, key).error().message;
  };
  EXPECT_EQ(client_error(missing), "cannot take certificates from " + missing.string() + ": No such file or directory");
  EXPECT_EQ(client_error(text), "cannot take certificates from " + text.string() + ": no certificate or crl found");
  EXPECT_EQ(server_error(text, files.key),
            "cannot take a certificate from " + text.string() + ": there is none in it in PEM form");
  EXPECT_EQ(server_error(files.certificate, missing), "cannot take the key of " + files.certificate.string() +
                                                          " from " + missing.string() + ": No such file or directory");
  EXPECT_EQ(server_error(files.certificate, others.key), "cannot take the key of " + files.certificate.string() +
                                                             " from " + others.key.string() + ": key values mismatch");
}

} // namespace
} // namespace loadgen::net::test
