#include "publish/grouping_path.hpp"
#include "support/certificates.hpp"
#include "support/exposition.hpp"
#include "support/scripted_server.hpp"
#include "unit/report/sample_runs.hpp"

#include <loadgen/publish/pushgateway.hpp>

#include <gtest/gtest.h>

namespace loadgen::publish {
namespace {

using namespace loadgen::test;

std::string url_of(const scripted_server& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

constexpr const char* accepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

TEST(pushgateway, puts_a_level_into_a_group_of_its_own) {
  std::string head, body;
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    head = client.head();
    body = client.body();
    client.send(accepted);
  }};
  const auto gateway = pushgateway::create({url_of(server) + "/behind/a/proxy/", basic_authorization("me:secret"), {}});
  metrics::level_summary level = report::samples::good_level(8, 100);
  level.info.level = 2;
  level.info.trial = 3;
  ASSERT_TRUE(gateway->push({"20261124-1", "night", "m", "chat", "1"}, level));
  EXPECT_TRUE(
      head.starts_with("PUT /behind/a/proxy/metrics/job/loadgen/run_id/20261124-1/level/2/trial/3 HTTP/1.1\r\n"))
      << head;
  EXPECT_NE(head.find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos) << head;
  const auto samples = samples_in(body);
  EXPECT_EQ(samples.at("loadgen_level_ttft_seconds{run_id=\"20261124-1\",level=\"2\",concurrency=\"8\",trial=\"3\","
                       "quantile=\"0.99\"}"),
            *level.of(metrics::metric::ttft).p99 * 1e-3);
  EXPECT_EQ(samples.at("loadgen_run_info{run_id=\"20261124-1\",label=\"night\",model=\"m\",endpoint=\"chat\",version="
                       "\"1\"}"),
            1);
}

TEST(pushgateway, goes_over_tls_too) {
  const certificate_authority authority;
  scripted_server server{[&](scripted_connection& client, int) {
                           client.read_request();
                           client.send(accepted);
                         },
                         make_server_tls(authority.issue_for_localhost(), {})};
  const std::string url = "https://localhost:" + std::to_string(server.port());
  EXPECT_TRUE(pushgateway::create({url, {}, authority.file()})->push({}, report::samples::good_level(1, 10)));
  const auto distrusted = pushgateway::create({url, {}, {}})->push({}, report::samples::good_level(1, 10));
  EXPECT_TRUE(distrusted.has_error());
}

TEST(pushgateway, a_refusal_is_told_in_the_gateways_own_words) {
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 27\r\n\r\npushed metrics are invalid\n");
  }};
  const auto pushed = pushgateway::create({url_of(server), {}, {}})->push({}, report::samples::good_level(1, 10));
  ASSERT_TRUE(pushed.has_error());
  EXPECT_EQ(pushed.error().message, "the server answered 400: pushed metrics are invalid");
}

TEST(pushgateway, that_is_not_there_is_an_error_of_the_push) {
  const auto gateway = pushgateway::create({"http://127.0.0.1:" + std::to_string(unused_port()), {}, {}});
  ASSERT_TRUE(gateway);
  const auto pushed = gateway->push({}, report::samples::good_level(1, 10));
  ASSERT_TRUE(pushed.has_error());
  EXPECT_EQ(pushed.error().code, errc::unreachable);
}

TEST(pushgateway, a_url_that_is_none_is_an_error_before_anything_is_pushed) {
  for (const char* url : {"", "localhost:9091", "ftp://localhost", "http://", "http://host:70000", "http://host/?x=y"})
    EXPECT_EQ(pushgateway::create({url, {}, {}}).error().code, errc::invalid_input) << url;
  const auto with_password = pushgateway::create({"http://me:secret@host", {}, {}});
  EXPECT_EQ(with_password.error().message, "a URL must not hold a user name or password; use --pushgateway-auth-env");
  EXPECT_TRUE(pushgateway::create({"http://host", "Basic a\r\nX: y", {}}).has_error());
}

TEST(grouping_path, has_values_in_base64_that_a_path_cannot_carry) {
  EXPECT_EQ(grouping_path({{"run_id", "20261124-1_a.b"}}), "/metrics/job/loadgen/run_id/20261124-1_a.b");
  EXPECT_EQ(grouping_path({{"a", "/var/tmp"}}), "/metrics/job/loadgen/a@base64/L3Zhci90bXA="); // RFC 4648
  EXPECT_EQ(grouping_path({{"a", ""}}), "/metrics/job/loadgen/a@base64/=");
  EXPECT_EQ(grouping_path({{"a", ".."}}), "/metrics/job/loadgen/a@base64/Li4=");
  EXPECT_EQ(grouping_path({{"a", "\xfb\xff"}}), "/metrics/job/loadgen/a@base64/-_8=");
}

} // namespace
} // namespace loadgen::publish
