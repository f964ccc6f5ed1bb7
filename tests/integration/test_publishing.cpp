#include "client/http_service.hpp"
#include "partly_failing_server.hpp"
#include "reference_run.hpp"
#include "support/exposition.hpp"
#include "support/fake_mlflow.hpp"

#include <loadgen/publish/metrics_port.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <thread>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

/// What GET /metrics on that port says; nothing where nobody answers.
std::map<std::string, double> scraped(std::uint16_t port) {
  client::base_url where;
  where.host = where.authority = "127.0.0.1";
  where.port = port;
  const auto reply = client::http_service::create(where, {})->ask({.path = "/metrics"});
  return reply && reply->status == 200 ? samples_in(reply->body) : std::map<std::string, double>{};
}

/// Keeps what is pushed to it, and answers as it is told to.
class fake_pushgateway {
public:
  explicit fake_pushgateway(std::string answer = "200 OK") : answer_(std::move(answer)) {}

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  struct push {
    std::string head;
    std::map<std::string, double> samples;
  };

  [[nodiscard]] std::vector<push> pushes() const {
    const std::lock_guard lock{mutex_};
    return pushes_;
  }

private:
  std::string answer_;
  mutable std::mutex mutex_;
  std::vector<push> pushes_;
  scripted_server server_{[this](scripted_connection& client, int) {
    if (!client.read_request()) return;
    {
      const std::lock_guard lock{mutex_};
      pushes_.push_back({client.head(), samples_in(client.body())});
    }
    client.send("HTTP/1.1 " + answer_ + "\r\nContent-Length: 9\r\n\r\nno thanks");
  }};
};

json::object note_of(const fs::path& run_folder) {
  return json::parse(text_of(run_folder / "publish.json")).as_object().at("pushgateway").as_object();
}

TEST(publishing, a_port_is_scraped_to_the_last_and_has_what_the_summary_has) {
  if (!publish::metrics_port::is_available()) GTEST_SKIP() << "built without prometheus-cpp";
  const temporary_folder folder;
  const partly_failing_server server{{"503 Busy", "503 Busy"}};
  const std::uint16_t port = unused_port();
  background_process run{
      run_command(server.url(), folder,
                  {"--model", "m", "--concurrency", "1,2", "--requests", "8", "--max-failure-rate", "1",
                   "--metrics-port", std::to_string(port), "--metrics-linger", "60s", "--quiet"})};
  std::map<std::string, double> last;
  std::string ended;
  do {
    std::this_thread::sleep_for(20ms);
    if (auto now = scraped(port); !now.empty()) last = std::move(now);
    for (const auto& [name, value] : last)
      if (name.starts_with("loadgen_run_ended") && value == 1) ended = name;
  } while (ended.empty());
  EXPECT_EQ(run.wait(), 0);

  const fs::path run_folder = run_folder_in(folder);
  const json::object summary = summary_of(run_folder);
  const std::string id = run_folder.filename().string();
  for (std::size_t i = 0; i < 2; ++i) {
    const json::value& level = summary.at("levels").as_array()[i];
    const std::string of = "{run_id=\"" + id + "\",level=\"" + std::to_string(i) + "\",concurrency=\"" +
                           std::to_string(i + 1) + "\",trial=\"1\"";
    const auto figure = [&level](const char* group, const char* key) {
      return level.at(group).at(key).to_number<double>();
    };
    const auto requests = [&level](const char* key) { return level.at("requests").at(key).to_number<double>(); };
    EXPECT_EQ(last.at("loadgen_requests_issued_total" + of + "}"), requests("issued"));
    EXPECT_EQ(last.at("loadgen_requests_total" + of + ",outcome=\"completed\"}"), requests("completed"));
    EXPECT_EQ(last.at("loadgen_requests_total" + of + ",outcome=\"failed\"}"), requests("failed"));
    EXPECT_EQ(last.at("loadgen_request_failures_total" + of + ",cause=\"http_status\"}"), i == 0 ? 2 : 0);
    EXPECT_EQ(last.at("loadgen_output_tokens_total" + of + "}"), figure("tokens", "output"));
    for (const char* name : {"ttft", "itl", "e2e"}) {
      const json::value& figures = level.at("metrics").at(std::string{name} + "_ms");
      const double count = figures.at("count").to_number<double>();
      const double mean_s = figures.at("mean").to_number<double>() / 1000;
      const std::string metric = "loadgen_" + std::string{name} + "_seconds";
      EXPECT_EQ(last.at(metric + "_count" + of + "}"), count);
      EXPECT_NEAR(last.at(metric + "_sum" + of + "}"), count * mean_s, 1e-12);
      EXPECT_EQ(last.at(metric + "_bucket" + of + ",le=\"+Inf\"}"), count);
      EXPECT_NEAR(last.at("loadgen_level_" + std::string{name} + "_seconds" + of + ",quantile=\"0.99\"}"),
                  figures.at("p99").to_number<double>() / 1000, 1e-15);
    }
    const std::string verdict{level.at("audit").at("verdict").as_string()};
    EXPECT_EQ(last.at("loadgen_verdict" + of + ",verdict=\"" + verdict + "\"}"), 1);
  }
  EXPECT_EQ(last.at("loadgen_run_complete{run_id=\"" + id + "\"}"), 1);
  EXPECT_EQ(last.at("loadgen_requests_in_flight{run_id=\"" + id + "\"}"), 0);
}

TEST(publishing, a_port_that_is_taken_ends_the_program_before_anything_is_sent_or_written) {
  if (!publish::metrics_port::is_available()) GTEST_SKIP() << "built without prometheus-cpp";
  const temporary_folder folder;
  scripted_server taken{[](scripted_connection&, int) {}};
  const process_result run = run_process(run_command("http://127.0.0.1:" + std::to_string(taken.port()), folder,
                                                     {"--metrics-port", std::to_string(taken.port())}));
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.err, "loadgen: --metrics-port: cannot listen on 127.0.0.1:" + std::to_string(taken.port()) +
                         "; expected a port that is free, or 0\n");
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_EQ(taken.connections(), 0);
}

TEST(publishing, each_level_and_trial_is_pushed_with_the_figures_of_the_summary) {
  const fake_pushgateway gateway;
  const temporary_folder folder;
  const auto secret = folder.write("auth", "me:secret\n");
  const temporary_folder results;
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "6"}};
  const process_result run =
      run_process(run_command(server.url(), results,
                              {"--concurrency", "1,3", "--trials", "2", "--requests", "6", "--label", "a/b \"c\"",
                               "--pushgateway", gateway.url(), "--pushgateway-auth-file", secret.string(), "--quiet"}));
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  const fs::path run_folder = run_folder_in(results);
  const json::array levels = summary_of(run_folder).at("levels").as_array();
  const auto pushes = gateway.pushes();
  ASSERT_EQ(pushes.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string level = std::to_string(i / 2), trial = std::to_string(i % 2 + 1);
    EXPECT_TRUE(pushes[i].head.starts_with("PUT /metrics/job/loadgen/run_id/" + run_folder.filename().string() +
                                           "/level/" + level + "/trial/" + trial + " HTTP/1.1\r\n"))
        << pushes[i].head;
    EXPECT_NE(pushes[i].head.find("Authorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos);
    const std::string of = "{run_id=\"" + run_folder.filename().string() + "\",level=\"" + level + "\",concurrency=\"" +
                           (i < 2 ? "1" : "3") + "\",trial=\"" + trial + "\"";
    for (const auto& [metric, key] : {std::pair{"ttft", "p50"}, {"itl", "p50"}, {"e2e", "p50"}})
      EXPECT_DOUBLE_EQ(
          pushes[i].samples.at("loadgen_level_" + std::string{metric} + "_seconds" + of + ",quantile=\"0.5\"}"),
          levels[i].at("metrics").at(std::string{metric} + "_ms").at(key).to_number<double>() * 1e-3);
    EXPECT_DOUBLE_EQ(pushes[i].samples.at("loadgen_level_output_tokens_per_second" + of + "}"),
                     levels[i].at("throughput").at("output_tokens_per_s").to_number<double>());
  }
  EXPECT_EQ(note_of(run_folder).at("pushed"), 4);
  EXPECT_EQ(note_of(run_folder).at("failed"), 0);
  EXPECT_EQ(text_of(run_folder / "manifest.json").find("secret"), std::string::npos);
}

TEST(publishing, a_gateway_that_refuses_or_is_not_there_is_a_warning_and_stops_nothing) {
  const fake_pushgateway refusing{"400 Bad Request"};
  const std::string absent = "http://127.0.0.1:" + std::to_string(unused_port());
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "6"}};
  for (const std::string& url : {refusing.url(), absent}) {
    const temporary_folder folder;
    const process_result run = run_process(run_command(
        server.url(), folder, {"--concurrency", "1,2", "--requests", "4", "--pushgateway", url, "--quiet"}));
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_NE(run.err.find("loadgen: warning: 2 of 2 levels not pushed to " + url + ": "), std::string::npos)
        << run.err;
    const json::object note = note_of(run_folder_in(folder));
    EXPECT_EQ(note.at("pushed"), 0);
    EXPECT_EQ(note.at("failed"), 2);
    EXPECT_EQ(note.at("failures").as_array()[1].at("level"), "concurrency 2");
    EXPECT_EQ(summary_of(run_folder_in(folder)).at("complete"), true);
  }
}

TEST(publishing, settings_that_cannot_be_are_told_before_anything_is_sent) {
  const temporary_folder folder;
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--metrics-port", "70000"}, "--metrics-port: '70000' is not valid; expected a whole number from 0 to 65535"},
      {{"--metrics-linger", "5s"}, "--metrics-linger: needs --metrics-port"},
      {{"--pushgateway", "localhost:9091"},
       "--pushgateway: 'localhost:9091' is neither http nor https; expected a base URL such as http://127.0.0.1:9091"},
      {{"--pushgateway", "http://me:secret@host"},
       "--pushgateway: a URL must not hold a user name or password; use --pushgateway-auth-env"},
      {{"--pushgateway-auth-env", "X"}, "--pushgateway-auth-env: needs --pushgateway"},
      {{"--pushgateway", "http://host", "--pushgateway-auth-env", "NOT_SET"},
       "--pushgateway-auth-env: there is no key in 'NOT_SET'"},
  };
  for (const auto& [options, message] : cases) {
    const process_result run = run_process(run_command("http://127.0.0.1:1", folder, options));
    EXPECT_EQ(run.exit_code, 2) << message;
    EXPECT_EQ(run.err, "loadgen: " + message + "\n");
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

class mlflow_report : public testing::Test {
protected:
  mlflow_report() {
    const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "6"}};
    const process_result run =
        run_process(run_command(server.url(), folder_, {"--concurrency", "1,2", "--requests", "6", "--quiet"}));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    run_folder_ = run_folder_in(folder_);
  }

  [[nodiscard]] process_result reported(const std::vector<std::string>& options, const variables& added = {}) const {
    std::vector<std::string> command{LOADGEN_PROGRAM, "report", run_folder_.string()};
    command.insert(command.end(), options.begin(), options.end());
    return run_process(command, added);
  }

  temporary_folder folder_;
  fs::path run_folder_;
};

TEST_F(mlflow_report, tells_the_server_of_the_run_and_the_user_where_it_is) {
  const fake_mlflow server;
  process_result said =
      reported({"--mlflow", server.url(), "--mlflow-experiment", "nightly"}, {{"MLFLOW_TRACKING_TOKEN", "tok"}});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.err, "loadgen: mlflow: reported " + server.url() + "/#/experiments/7/runs/run0\n");
  EXPECT_NE(said.out.find("verdict"), std::string::npos); // the report all the same
  EXPECT_EQ(server.experiment(), "nightly");
  for (const std::string& head : server.heads())
    EXPECT_NE(head.find("Authorization: Bearer tok\r\n"), std::string::npos);
  EXPECT_EQ(json::parse(server.files().at("7/run0/artifacts/summary.json")), json::value(summary_of(run_folder_)));
  EXPECT_EQ(server.files().at("7/run0/artifacts/report.html"), text_of(run_folder_ / "report.html"));

  said = reported({"--mlflow", server.url(), "--mlflow-experiment", "nightly"},
                  {{"MLFLOW_TRACKING_USERNAME", "me"}, {"MLFLOW_TRACKING_PASSWORD", "secret"}});
  EXPECT_EQ(said.err, "loadgen: mlflow: brought up to date " + server.url() + "/#/experiments/7/runs/run0\n");
  EXPECT_NE(server.heads().back().find("Authorization: Basic bWU6c2VjcmV0\r\n"), std::string::npos);
  EXPECT_EQ(server.runs().size(), 1U);
}

TEST_F(mlflow_report, a_server_that_refuses_is_told_with_its_words_and_code_74) {
  const fake_mlflow server{"mlflow-artifacts:/7/", "runs/log-batch"};
  const process_result said = reported({"--mlflow", server.url()});
  EXPECT_EQ(said.exit_code, 74);
  EXPECT_EQ(said.err, "loadgen: --mlflow: the server answered 400: INVALID_PARAMETER_VALUE: not like this\n");
  const process_result absent = reported({"--mlflow", "http://127.0.0.1:" + std::to_string(unused_port())});
  EXPECT_EQ(absent.exit_code, 74);
  EXPECT_NE(absent.err.find("loadgen: --mlflow: "), std::string::npos);
}

TEST_F(mlflow_report, settings_that_cannot_be_are_told_before_anything_is_said) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--mlflow", "nowhere"}, "--mlflow: 'nowhere' is not a URL; expected a base URL such as http://127.0.0.1:5000"},
      {{"--mlflow-experiment", "x"}, "--mlflow-experiment: needs --mlflow"},
      {{"--mlflow", "http://host", "--mlflow-token-file", "/nonexistent"},
       "--mlflow-token-file: cannot read /nonexistent: No such file or directory"},
      {{run_folder_.string(), "--html", "x", "--mlflow", "http://host"},
       "--mlflow: is of one RUN; expected one, or --html or --plots alone"},
  };
  for (const auto& [options, message] : cases) {
    const process_result said = reported(options);
    EXPECT_EQ(said.exit_code, 2) << message;
    EXPECT_EQ(said.err, "loadgen: " + message + "\n");
    EXPECT_EQ(said.out, "");
  }
}

} // namespace
} // namespace loadgen::test
