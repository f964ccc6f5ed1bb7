#include <loadgen/engine/target.hpp>

#include <gtest/gtest.h>

namespace loadgen::engine {
namespace {

TEST(target, all_forms_of_a_base_url_mean_the_same) {
  for (const char* url :
       {"http://localhost:8000", "http://localhost:8000/", "http://localhost:8000/v1", "http://localhost:8000/v1/",
        "http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1/completions/"}) {
    const auto where = parse_target(url);
    ASSERT_TRUE(where.has_value()) << url;
    EXPECT_EQ(where->host, "localhost");
    EXPECT_EQ(where->port, 8000);
    EXPECT_EQ(where->authority, "localhost:8000");
    EXPECT_EQ(where->path(endpoint_kind::chat), "/v1/chat/completions") << url;
    EXPECT_EQ(where->path(endpoint_kind::completions), "/v1/completions") << url;
    EXPECT_FALSE(where->tls);
  }
}

TEST(target, any_other_path_is_a_prefix) {
  EXPECT_EQ(parse_target("http://gateway/team/llm")->path(endpoint_kind::chat), "/team/llm/v1/chat/completions");
  EXPECT_EQ(parse_target("http://gateway/team/llm/v1")->path(endpoint_kind::chat), "/team/llm/v1/chat/completions");
  EXPECT_EQ(parse_target("http://gateway/v1beta")->path(endpoint_kind::chat), "/v1beta/v1/chat/completions");
}

TEST(target, the_port_of_the_scheme_is_the_default) {
  EXPECT_EQ(parse_target("http://host")->port, 80);
  EXPECT_EQ(parse_target("https://host")->port, 443);
  EXPECT_TRUE(parse_target("https://host")->tls);
  EXPECT_EQ(parse_target("http://host")->authority, "host");
}

TEST(target, an_ipv6_address_loses_its_brackets_but_for_the_host_header) {
  const auto where = parse_target("http://[::1]:8000");
  ASSERT_TRUE(where.has_value());
  EXPECT_EQ(where->host, "::1");
  EXPECT_EQ(where->authority, "[::1]:8000");
}

TEST(target, what_is_no_base_url_is_refused_in_one_line) {
  for (const char* url : {"", "localhost", "localhost:8000", "ftp://host", "http://", "http://host:0",
                          "http://host:99999", "http://host?x=1", "http://host/#top", "http://me:secret@host"}) {
    const auto where = parse_target(url);
    ASSERT_TRUE(where.has_error()) << url;
    EXPECT_EQ(where.error().code, errc::invalid_input);
    EXPECT_EQ(where.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(parse_target("http://me:secret@host").error().message.find("secret"), std::string::npos);
}

} // namespace
} // namespace loadgen::engine
