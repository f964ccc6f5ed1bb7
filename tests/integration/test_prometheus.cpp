#include "http_client.hpp"
#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <loadgen/publish/metrics_port.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <thread>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* prometheus_program = "/usr/bin/prometheus";
constexpr const char* gateway_program = "/usr/bin/prometheus-pushgateway";

std::string address(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// A Prometheus that scrapes a run's port and a Pushgateway, all on free ports of this machine.
class prometheus : public testing::Test {
protected:
  void SetUp() override {
    for (const char* program : {prometheus_program, gateway_program})
      if (!fs::exists(program)) GTEST_SKIP() << "no " << program << "; scripts/setup --prometheus installs it";
    if (!publish::metrics_port::is_available()) GTEST_SKIP() << "built without prometheus-cpp";
    const auto config = folder_.write("prometheus.yml", "global:\n  scrape_interval: 500ms\n  scrape_timeout: 500ms\n"
                                                        "scrape_configs:\n"
                                                        "  - job_name: run\n    static_configs:\n      - targets: ['" +
                                                            address(run_port) +
                                                            "']\n"
                                                            "  - job_name: pushed\n    honor_labels: true\n"
                                                            "    static_configs:\n      - targets: ['" +
                                                            address(gateway_port) + "']\n");
    gateway_ = std::make_unique<background_process>(std::vector<std::string>{
        gateway_program, "--web.listen-address=" + address(gateway_port), "--persistence.file=", "--log.level=error"});
    process_ = std::make_unique<background_process>(
        std::vector<std::string>{prometheus_program, "--config.file=" + config.string(),
                                 "--storage.tsdb.path=" + (folder_.path() / "data").string(),
                                 "--web.listen-address=" + address(port), "--log.level=error"});
    ASSERT_TRUE(is_ready(port, "/-/ready"));
    ASSERT_TRUE(is_ready(gateway_port, "/-/ready"));
    // It begins to scrape some seconds after it says that it is ready.
    for (int i = 0; query("up{job=\"pushed\"}").empty(); ++i) {
      ASSERT_LT(i, 600);
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    began_ = std::time(nullptr);
  }

  /// The samples of an instant query: the labels that are asked for, joined, and the value. Fails where it fails.
  [[nodiscard]] json::array query(const std::string& expression) const {
    const json::value answer = http_json(port, "/api/v1/query?query=" + url_encoded(expression));
    if (!answer.is_object() || answer.at("status") != "success") {
      ADD_FAILURE() << expression << ": " << answer;
      return {};
    }
    return answer.at("data").at("result").as_array();
  }

  /// The one value that it has.
  [[nodiscard]] double value_of(const std::string& expression) const {
    const json::array found = query(expression);
    EXPECT_EQ(found.size(), 1U) << expression << ": " << json::value(found);
    return found.empty() ? 0 : std::stod(std::string{found[0].at("value").as_array()[1].as_string()});
  }

  /// What it had over the time since the test began; null where it is no query.
  [[nodiscard]] json::value over_time(const std::string& expression) const {
    const std::string range = "&start=" + std::to_string(began_) + "&end=" + std::to_string(std::time(nullptr) + 1);
    return http_json(port, "/api/v1/query_range?query=" + url_encoded(expression) + range + "&step=250ms");
  }

  /// Runs the client, which waits for the last scrape, and gives its folder.
  fs::path run(const std::string& url, std::vector<std::string> options) const {
    for (const std::string& one :
         {std::string{"--metrics-port"}, std::to_string(run_port), std::string{"--metrics-linger"}, std::string{"60s"},
          std::string{"--pushgateway"}, "http://" + address(gateway_port), std::string{"--quiet"}})
      options.push_back(one);
    const process_result said = run_process(run_command(url, results_, options));
    EXPECT_EQ(said.err, "");
    EXPECT_EQ(said.exit_code, 0);
    return run_folder_in(results_);
  }

  const std::uint16_t port = unused_port();
  const std::uint16_t run_port = unused_port();
  const std::uint16_t gateway_port = unused_port();

private:
  temporary_folder folder_, results_;
  std::unique_ptr<background_process> gateway_, process_;
  std::time_t began_ = 0;
};

TEST_F(prometheus, has_what_the_summary_has_from_the_port_and_from_the_pushgateway) {
  const reference_server server{{"--ttft", "20ms", "--itl", "2ms", "--tokens", "10"}};
  const fs::path folder = run(server.url(), {"--concurrency", "1,4", "--requests", "40", "--label", "say \"hi\" \\ ü"});
  const json::array levels = summary_of(folder).at("levels").as_array();
  const std::string id = folder.filename().string();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const json::object& level = levels[i].as_object();
    const auto last = [&](const std::string& name, const std::string& job, const std::string& further = "") {
      return value_of("last_over_time(" + name + "{job=\"" + job + "\",run_id=\"" + id + "\",level=\"" +
                      std::to_string(i) + "\"" + further + "}[1h])");
    };
    EXPECT_EQ(last("loadgen_requests_total", "run", ",outcome=\"completed\""),
              level.at("requests").at("completed").to_number<double>());
    EXPECT_EQ(last("loadgen_output_tokens_total", "run"), level.at("tokens").at("output").to_number<double>());
    for (const char* metric : {"ttft", "itl", "e2e"}) {
      const std::string name = "loadgen_" + std::string{metric} + "_seconds";
      const json::value& figures = level.at("metrics").at(std::string{metric} + "_ms");
      const double count = figures.at("count").to_number<double>();
      EXPECT_EQ(last(name + "_count", "run"), count);
      EXPECT_EQ(last(name + "_bucket", "run", ",le=\"+Inf\""), count);
      EXPECT_NEAR(last(name + "_sum", "run"), count * figures.at("mean").to_number<double>() / 1000, 1e-9);
      for (const auto& [quantile, key] : {std::pair{"0.5", "p50"}, {"0.99", "p99"}, {"1", "max"}})
        for (const char* job : {"run", "loadgen"})
          EXPECT_NEAR(last("loadgen_level_" + std::string{metric} + "_seconds", job,
                           ",quantile=\"" + std::string{quantile} + "\""),
                      figures.at(key).to_number<double>() / 1000, 1e-12)
              << job;
    }
    for (const char* job : {"run", "loadgen"})
      EXPECT_DOUBLE_EQ(last("loadgen_level_output_tokens_per_second", job),
                       level.at("throughput").at("output_tokens_per_s").to_number<double>());
  }
  const json::array info = query("last_over_time(loadgen_run_info{job=\"run\",run_id=\"" + id + "\"}[1h])");
  ASSERT_EQ(info.size(), 1U);
  EXPECT_EQ(info[0].at("metric").at("label"), "say \"hi\" \\ ü");
  EXPECT_EQ(info[0].at("metric").at("model"), "reference");
  EXPECT_EQ(value_of("sum(last_over_time(loadgen_run_complete{run_id=\"" + id + "\"}[1h]))"), 1);
}

/// All expressions of a dashboard: of panels, however deep, and of variables.
void collect_expressions(const json::value& from, std::vector<std::string>& into) {
  if (from.is_array())
    for (const json::value& one : from.get_array()) collect_expressions(one, into);
  if (!from.is_object()) return;
  for (const auto& [key, value] : from.get_object()) {
    if (key == "expr") into.emplace_back(value.as_string());
    collect_expressions(value, into);
  }
}

TEST_F(prometheus, answers_every_query_of_the_dashboard) {
  std::atomic<int> requests = 0;
  const scripted_server server{[&requests](scripted_connection& client, int) {
    while (client.read_request())
      client.send(++requests % 10 == 0 ? std::string{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"}
                                       : stream_head() + token_chunk("a") + token_chunk("b") + stream_tail());
  }};
  const fs::path folder =
      run("http://" + address(server.port()),
          {"--model", "m", "--rate", "20", "--arrival", "constant", "--requests", "120", "--max-failure-rate", "1"});
  const json::value dashboard = json::parse(text_of(LOADGEN_SOURCE_DIR "/docs/grafana/loadgen.json"));
  EXPECT_GT(value_of("sum_over_time(up{job=\"run\"}[1h])"), 3) << "the port was hardly ever scraped";
  std::vector<std::string> expressions;
  collect_expressions(dashboard.at("panels"), expressions);
  ASSERT_GT(expressions.size(), 30U);
  for (std::string expression : expressions) {
    boost::algorithm::replace_all(expression, "$run_id", folder.filename().string());
    boost::algorithm::replace_all(expression, "$__rate_interval", "10s");
    ASSERT_EQ(expression.find('$'), std::string::npos) << expression;
    const json::value answer = over_time(expression);
    ASSERT_TRUE(answer.is_object()) << expression;
    EXPECT_EQ(answer.at("status"), "success") << expression << ": " << answer;
    EXPECT_FALSE(answer.at("data").at("result").as_array().empty()) << expression;
  }
  // The variable: label_values(loadgen_run_info, run_id).
  const json::value runs = http_json(port, "/api/v1/label/run_id/values?match[]=loadgen_run_info");
  EXPECT_EQ(runs.at("data").as_array(), json::array{folder.filename().string()});
  const json::value& variables = dashboard.at("templating").at("list");
  EXPECT_EQ(variables.as_array().at(1).at("definition"), "label_values(loadgen_run_info, run_id)");
}

} // namespace
} // namespace loadgen::test
