#include "client/http_service.hpp"
#include "support/exposition.hpp"
#include "support/scripted_server.hpp"

#include <loadgen/publish/metrics_port.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace loadgen::publish {
namespace {

using namespace std::chrono_literals;

#ifdef LOADGEN_HAS_METRICS_PLUGIN

client::http_reply scraped(std::uint16_t port) {
  client::base_url where;
  where.host = where.authority = "127.0.0.1";
  where.port = port;
  return client::http_service::create(where, {})->ask({.path = "/metrics"}).value();
}

TEST(metrics_port, answers_a_scrape_with_what_it_is_to_show) {
  auto port = metrics_port::open(0);
  ASSERT_TRUE(port) << port.error().message;
  ASSERT_NE(port->port(), 0);
  metric_sample latencies;
  latencies.labels = {{"run_id", "r \"1\""}};
  latencies.buckets = {{0.0015, 1}, {0.075, 3}};
  latencies.count = 4;
  latencies.sum = 0.1 + 0.2;
  metric_sample figures;
  figures.quantiles = {{0.99, 0.25}};
  figures.count = 2;
  figures.sum = 0.5;
  port->show([&] {
    return std::vector<metric_family>{{"a_total", "A.", family_type::counter, {{{{"x", "y"}}, 12'345'678'901}}},
                                      {"b_seconds", "B.", family_type::histogram, {latencies}},
                                      {"c_seconds", "C.", family_type::summary, {figures}},
                                      {"none", "None.", family_type::gauge, {}}};
  });
  const client::http_reply reply = scraped(port->port());
  EXPECT_EQ(reply.status, 200);
  const auto samples = test::samples_in(reply.body);
  EXPECT_EQ(samples.at("a_total{x=\"y\"}"), 12'345'678'901);
  EXPECT_EQ(samples.at("b_seconds_bucket{run_id=\"r \\\"1\\\"\",le=\"0.0015\"}"), 1);
  EXPECT_EQ(samples.at("b_seconds_bucket{run_id=\"r \\\"1\\\"\",le=\"0.075\"}"), 3);
  EXPECT_EQ(samples.at("b_seconds_bucket{run_id=\"r \\\"1\\\"\",le=\"+Inf\"}"), 4);
  EXPECT_NEAR(samples.at("b_seconds_sum{run_id=\"r \\\"1\\\"\"}"), 0.1 + 0.2, 1e-15);
  EXPECT_EQ(samples.at("c_seconds{quantile=\"0.99\"}"), 0.25);
  EXPECT_EQ(reply.body.find("none"), std::string::npos);
}

TEST(metrics_port, a_port_that_is_taken_is_an_error) {
  const test::scripted_server other{[](test::scripted_connection&, int) {}};
  const auto port = metrics_port::open(other.port());
  ASSERT_TRUE(port.has_error());
  EXPECT_EQ(port.error().code, errc::invalid_input);
  EXPECT_EQ(port.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(other.port()) + "; expected a port that is free, or 0");
}

TEST(metrics_port, waits_for_a_scrape_that_began_after_it_was_asked_to) {
  auto port = metrics_port::open(0).value();
  scraped(port.port());
  EXPECT_FALSE(port.wait_for_scrape(1ms));
  std::atomic<bool> over = false;
  std::thread scraper{[&] {
    while (!over) scraped(port.port());
  }};
  EXPECT_TRUE(port.wait_for_scrape(60s));
  over = true;
  scraper.join();
}

TEST(metrics_port, closes_its_port_when_it_goes) {
  std::uint16_t number = 0;
  {
    const auto port = metrics_port::open(0).value();
    number = port.port();
  }
  EXPECT_TRUE(metrics_port::open(number).has_value());
}

#else

TEST(metrics_port, says_what_is_missing_where_it_was_not_built) {
  EXPECT_FALSE(metrics_port::is_available());
  const auto port = metrics_port::open(0);
  ASSERT_TRUE(port.has_error());
  EXPECT_NE(port.error().message.find("prometheus-cpp"), std::string::npos) << port.error().message;
}

#endif

} // namespace
} // namespace loadgen::publish
