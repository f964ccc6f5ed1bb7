#include "http_client.hpp"
#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* version = "3.17.2";

/// The environment that the server runs in, made once: a download of 300 MB.
fs::path mlflow_environment() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path root = cache ? fs::path{cache} : fs::path{home ? home : "/tmp"} / ".cache";
  return root / "loadgen" / (std::string{"mlflow-"} + version);
}

std::string make_environment() {
  const fs::path environment = mlflow_environment();
  if (fs::exists(environment / "bin" / "mlflow")) return "";
  fs::create_directories(environment.parent_path());
  const auto made = run_process({"/usr/bin/python3", "-m", "venv", environment.string()});
  if (made.exit_code != 0) return "no python3 with venv: " + made.err;
  const auto installed = run_process({(environment / "bin" / "python").string(), "-m", "pip", "install", "--quiet",
                                      "--disable-pip-version-check", std::string{"mlflow=="} + version});
  return installed.exit_code == 0 ? "" : installed.err;
}

/// A tracking server with a database and artefacts of its own. It has processes of its own, too, which end with it.
class mlflow_server {
public:
  explicit mlflow_server(const fs::path& folder)
      : process_({"/usr/bin/setsid", (mlflow_environment() / "bin" / "mlflow").string(), "server", "--host",
                  "127.0.0.1", "--port", std::to_string(port_), "--backend-store-uri",
                  "sqlite:///" + (folder / "mlflow.db").string(), "--artifacts-destination",
                  (folder / "artifacts").string(), "--workers", "1"},
                 {{"MLFLOW_DISABLE_TELEMETRY", "true"}, {"DO_NOT_TRACK", "true"}}) {}

  mlflow_server(const mlflow_server&) = delete;
  mlflow_server& operator=(const mlflow_server&) = delete;

  ~mlflow_server() { kill(-process_.id(), SIGKILL); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  [[nodiscard]] json::value api(const std::string& call) const { return http_json(port_, "/api/2.0/mlflow/" + call); }

private:
  std::uint16_t port_ = unused_port();
  background_process process_;
};

std::string reported_run(const process_result& said) {
  EXPECT_EQ(said.exit_code, 0) << said.err;
  const std::size_t at = said.err.find("/runs/");
  return at == std::string::npos ? said.err : said.err.substr(at + 6, 32);
}

/// The values of one metric in the order of their steps.
std::vector<double> history(const mlflow_server& server, const std::string& run, const std::string& key) {
  const json::value told = server.api("metrics/get-history?run_id=" + run + "&metric_key=" + key);
  std::map<std::int64_t, double> by_step;
  const json::value* metrics = told.is_object() ? told.get_object().if_contains("metrics") : nullptr;
  if (!metrics) return {};
  for (const json::value& one : metrics->as_array()) {
    const std::int64_t step = one.as_object().if_contains("step") ? one.at("step").to_number<std::int64_t>() : 0;
    EXPECT_TRUE(by_step.emplace(step, one.at("value").to_number<double>()).second) << key << " twice at " << step;
  }
  std::vector<double> values;
  for (const auto& [step, value] : by_step) values.push_back(value);
  return values;
}

std::string value_of(const json::value& list, std::string_view key) {
  for (const json::value& one : list.as_array())
    if (one.at("key").as_string() == key) return std::string{one.at("value").as_string()};
  return "(none)";
}

TEST(mlflow_server, has_what_the_summary_has_once_however_often_it_is_told) {
  if (const std::string why = make_environment(); !why.empty()) GTEST_SKIP() << "MLflow cannot be installed: " << why;
  const temporary_folder folder, results;
  const mlflow_server server{folder.path()};
  ASSERT_TRUE(is_ready(server.port(), "/health"));
  {
    const reference_server reference{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "6"}};
    ASSERT_EQ(run_process(run_command(reference.url(), results,
                                      {"--concurrency", "1,2,4", "--requests", "12", "--label", "night 'x' \"y\"",
                                       "--slo", "ttft=1s", "--quiet"}))
                  .exit_code,
              0);
  }
  const fs::path run_folder = run_folder_in(results);
  const json::object summary = summary_of(run_folder);
  const json::array levels = summary.at("levels").as_array();
  const std::vector<std::string> command{
      LOADGEN_PROGRAM, "report", run_folder.string(), "--mlflow", server.url(), "--mlflow-experiment", "night / shift"};
  const std::string run = reported_run(run_process(command));
  const std::string again = reported_run(run_process(command));
  EXPECT_EQ(again, run);

  const auto expect_figure = [&](const std::string& key, auto&& figure_of) {
    const std::vector<double> told = history(server, run, key);
    ASSERT_EQ(told.size(), levels.size()) << key;
    for (std::size_t i = 0; i < levels.size(); ++i)
      EXPECT_DOUBLE_EQ(told[i], figure_of(levels[i].as_object()).template to_number<double>()) << key;
  };
  for (const auto& [metric, figures] : levels[0].at("metrics").as_object()) {
    if (figures.at("count").to_number<std::uint64_t>() == 0) continue;
    for (const char* figure : {"count", "mean", "p50", "p90", "p95", "p99", "p99_9", "max"})
      expect_figure(std::string{metric} + "_" + figure,
                    [&, name = metric](const json::object& level) -> const json::value& {
                      return level.at("metrics").at(name).at(figure);
                    });
  }
  for (const char* rate : {"requests_per_s", "output_tokens_per_s", "goodput_per_s"})
    expect_figure(rate,
                  [&](const json::object& level) -> const json::value& { return level.at("throughput").at(rate); });
  for (const char* count : {"issued", "completed", "failed"})
    expect_figure(std::string{"requests_"} + count,
                  [&](const json::object& level) -> const json::value& { return level.at("requests").at(count); });
  expect_figure("concurrency", [](const json::object& level) -> const json::value& { return level.at("concurrency"); });
  expect_figure("tokens_output",
                [](const json::object& level) -> const json::value& { return level.at("tokens").at("output"); });

  const json::value told = server.api("runs/get?run_id=" + run);
  const json::value& info = told.at("run").at("info");
  EXPECT_EQ(info.at("status"), "FINISHED");
  EXPECT_EQ(std::string{info.at("run_name").as_string()}, run_folder.filename().string() + " night 'x' \"y\"");
  const json::value& data = told.at("run").at("data");
  EXPECT_EQ(value_of(data.at("tags"), "loadgen.run_id"), run_folder.filename().string());
  EXPECT_EQ(value_of(data.at("tags"), "loadgen.complete"), "true");
  EXPECT_EQ(value_of(data.at("tags"), "loadgen.workload_sha256"),
            std::string{summary.at("workload").at("sha256").as_string()});
  EXPECT_EQ(value_of(data.at("params"), "concurrency"), "[1,2,4]");
  EXPECT_EQ(value_of(data.at("params"), "requests"), "12");

  const std::string uri{info.at("artifact_uri").as_string()};
  ASSERT_TRUE(uri.starts_with("mlflow-artifacts:/")) << uri;
  const std::string files = "/api/2.0/mlflow-artifacts/artifacts/" + uri.substr(18) + "/";
  EXPECT_EQ(http_json(server.port(), files + "summary.json"), json::value(summary));
  EXPECT_EQ(http_text(server.port(), files + "report.html"), text_of(run_folder / "report.html"));
  EXPECT_FALSE(http_text(server.port(), files + "manifest.json").empty());
}

} // namespace
} // namespace loadgen::test
