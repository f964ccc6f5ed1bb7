#include "support/fake_mlflow.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/sample_runs.hpp"

#include <loadgen/publish/mlflow.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace loadgen::publish {
namespace {

using test::fake_mlflow;

report::analyzed_run sample_run() {
  report::analyzed_run run = report::samples::empty_run();
  report::samples::add(run, report::samples::good_level(8, 100));
  return run;
}

result<tracked_run> reported(const std::string& url, const report::analyzed_run& run,
                             const std::filesystem::path& run_folder, const std::string& experiment = "nightly a/b") {
  return mlflow_tracker::create({url, "Bearer tok", {}})->report(run, run_folder, experiment);
}

TEST(mlflow, makes_the_experiment_and_the_run_and_uploads_its_files) {
  const fake_mlflow server;
  const test::temporary_folder folder;
  static_cast<void>(folder.write("report.html", "<html>"));
  const report::analyzed_run run = sample_run();
  const auto tracked = reported(server.url() + "/", run, folder.path());
  ASSERT_TRUE(tracked) << tracked.error().message;
  EXPECT_EQ(tracked->run_id, "run0");
  EXPECT_EQ(tracked->url, server.url() + "/#/experiments/7/runs/run0");
  EXPECT_FALSE(tracked->updated);
  EXPECT_EQ(tracked->no_artifacts, "");
  EXPECT_EQ(server.experiment(), "nightly a/b");
  ASSERT_EQ(server.runs().size(), 1U);
  const fake_mlflow::told_run told = server.runs().front();
  EXPECT_EQ(std::string{told.created.at("run_name").as_string()}, run.run.info.run_id + " baseline"); // its label
  EXPECT_EQ(told.updated.at("status"), "FINISHED");
  EXPECT_FALSE(told.batches.empty());
  const auto files = server.files();
  EXPECT_EQ(files.at("7/run0/artifacts/report.html"), "<html>");
  EXPECT_EQ(files.at("7/run0/artifacts/summary.json"), report::to_pretty_json(report::summary_json(run)));
  EXPECT_EQ(files.at("7/run0/artifacts/manifest.json"), report::to_pretty_json(report::manifest_json(run.run)));
  for (const std::string& head : server.heads())
    EXPECT_NE(head.find("\r\nAuthorization: Bearer tok\r\n"), std::string::npos) << head;
  EXPECT_TRUE(server.heads().front().starts_with(
      "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=nightly%20a%2Fb HTTP/1.1"))
      << server.heads().front();
}

TEST(mlflow, brings_a_run_that_it_has_up_to_date_instead_of_making_another) {
  const fake_mlflow server;
  const test::temporary_folder folder;
  const report::analyzed_run run = sample_run();
  ASSERT_TRUE(reported(server.url(), run, folder.path(), "e"));
  const auto again = reported(server.url(), run, folder.path(), "e");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->updated);
  EXPECT_EQ(again->run_id, "run0");
  ASSERT_EQ(server.runs().size(), 1U);
  const auto batches = server.runs().front().batches;
  ASSERT_EQ(batches.size() % 2, 0U);
  for (std::size_t i = 0; i < batches.size() / 2; ++i) EXPECT_EQ(batches[i], batches[i + batches.size() / 2]);

  report::analyzed_run other = sample_run();
  other.run.info.run_id = "other";
  EXPECT_FALSE(reported(server.url(), other, folder.path(), "e")->updated);
  EXPECT_EQ(server.runs().size(), 2U);
}

TEST(mlflow, says_where_artefacts_are_that_the_server_does_not_take) {
  for (const char* location : {"s3://bucket/7/", "mlflow-artifacts://elsewhere:5000/7/", "/srv/mlruns/7/"}) {
    const fake_mlflow server{location};
    const test::temporary_folder folder;
    const auto tracked = reported(server.url(), sample_run(), folder.path());
    ASSERT_TRUE(tracked);
    EXPECT_NE(tracked->no_artifacts.find(location), std::string::npos) << tracked->no_artifacts;
    EXPECT_TRUE(server.files().empty());
  }
}

TEST(mlflow, a_refusal_of_any_call_is_told_in_the_servers_own_words) {
  for (const char* call : {"get-by-name", "experiments/create", "runs/search", "runs/create", "runs/log-batch",
                           "runs/update", "mlflow-artifacts/"}) {
    const fake_mlflow server{"mlflow-artifacts:/7/", call};
    const test::temporary_folder folder;
    const auto tracked = reported(server.url(), sample_run(), folder.path());
    ASSERT_TRUE(tracked.has_error()) << call;
    EXPECT_NE(tracked.error().message.find("the server answered 400: "), std::string::npos) << tracked.error().message;
    EXPECT_NE(tracked.error().message.find("not like this"), std::string::npos) << tracked.error().message;
    EXPECT_EQ(tracked.error().message.find('\n'), std::string::npos);
  }
}

TEST(mlflow, an_answer_that_is_not_mlflows_is_an_error) {
  test::scripted_server server{[](test::scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n<html></html");
  }};
  const test::temporary_folder folder;
  const auto tracked = reported("http://127.0.0.1:" + std::to_string(server.port()), sample_run(), folder.path());
  ASSERT_TRUE(tracked.has_error());
  EXPECT_NE(tracked.error().message.find("is not MLflow's"), std::string::npos) << tracked.error().message;
}

TEST(mlflow, a_server_that_is_not_there_and_a_url_that_is_none_are_told_apart) {
  const test::temporary_folder folder;
  const std::string url = "http://127.0.0.1:" + std::to_string(test::unused_port());
  EXPECT_EQ(reported(url, sample_run(), folder.path()).error().code, errc::unreachable);
  EXPECT_EQ(mlflow_tracker::create({"127.0.0.1:5000", {}, {}}).error().code, errc::invalid_input);
}

TEST(mlflow, a_run_id_cannot_end_the_quotes_it_stands_in) {
  const fake_mlflow server;
  const test::temporary_folder folder;
  report::analyzed_run run = sample_run();
  run.run.info.run_id = "a' OR ''='";
  EXPECT_EQ(reported(server.url(), run, folder.path()).error().code, errc::invalid_input);
  EXPECT_TRUE(server.heads().empty());
}

} // namespace
} // namespace loadgen::publish
