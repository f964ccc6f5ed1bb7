#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace loadgen {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::reference_server;
using test::run_folder_in;
using test::temporary_folder;
using words = std::vector<std::string>;

/// A server that is soon done, unless told to wait before its first token.
words brief_server(const std::string& ttft = "5ms") {
  return {"--ttft", ttft, "--itl", "1ms", "--tokens", "5"};
}

words run_words(const reference_server& server, const temporary_folder& folder, const words& options) {
  words all{LOADGEN_PROGRAM, "run", "--url", server.url(), "--output", folder.path().string()};
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

json::object object_in(const fs::path& file) {
  return json::parse(test::text_of(file)).as_object();
}

TEST(run_package, is_whole_and_tells_how_it_came_about) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const auto result = test::run_process(
      run_words(server, folder, {"--concurrency", "1,2", "--requests", "4", "--max-tokens", "3", "--label", "try"}),
      {{"LOADGEN_HEADER", "X-Api-Key: abc123"}, {"LOADGEN_SEED", "7"}});
  ASSERT_EQ(result.exit_code, 0) << result.err;

  const fs::path run = run_folder_in(folder);
  for (const char* file : {"manifest.json", "report.html", "raw/records.bin", "raw/requests.csv",
                           "summary/summary.json", "summary/summary.csv"})
    EXPECT_TRUE(fs::exists(run / file)) << file;
  EXPECT_TRUE(fs::exists(folder.path() / "index.csv"));
  EXPECT_EQ(test::text_of(run / "manifest.json").find("abc123"), std::string::npos);
  EXPECT_NE(result.out.find(run.string()), std::string::npos);

  const json::object manifest = object_in(run / "manifest.json");
  EXPECT_EQ(manifest.at("schema"), "loadgen.manifest/1");
  EXPECT_EQ(manifest.at("run_id"), json::value(run.filename().string()));
  EXPECT_EQ(manifest.at("complete"), true);
  EXPECT_EQ(manifest.at("label"), "try");
  EXPECT_EQ(manifest.at("seed").to_number<int>(), 7);
  EXPECT_EQ(manifest.at("target").at("model"), "reference");
  const json::value& settings = manifest.at("settings");
  EXPECT_EQ(settings.at("concurrency"), json::parse(R"({"value":[1,2],"source":"flag"})"));
  EXPECT_EQ(settings.at("seed"), json::parse(R"({"value":7,"source":"environment"})"));
  EXPECT_EQ(settings.at("header"), json::parse(R"json({"value":["X-Api-Key: (hidden)"],"source":"environment"})json"));
  EXPECT_EQ(settings.at("prompt-salt"), json::parse(R"({"value":"level","source":"default"})"));
  EXPECT_EQ(settings.at("model"), json::parse(R"({"value":"reference","source":"default"})"));

  const json::object summary = object_in(run / "summary/summary.json");
  ASSERT_EQ(summary.at("levels").as_array().size(), 2U);
  for (const json::value& level : summary.at("levels").as_array()) {
    EXPECT_EQ(level.at("requests").at("completed").to_number<int>(), 4);
    EXPECT_EQ(level.at("tokens").at("output").to_number<int>(), 12);
  }
}

TEST(run_package, has_a_page_that_is_of_the_run_and_loads_nothing) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const auto result =
      test::run_process(run_words(server, folder, {"--concurrency", "1,2", "--requests", "2", "--quiet"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const fs::path run = run_folder_in(folder);
  const std::string page = test::text_of(run / "report.html");
  EXPECT_NE(page.find(run.filename().string()), std::string::npos);
  for (const char* load : {" src=", " href=", "url(", "@import"}) EXPECT_EQ(page.find(load), std::string::npos) << load;

  const fs::path elsewhere = folder.path() / "page.html";
  const auto again = test::run_process({LOADGEN_PROGRAM, "report", run.string(), "--html", elsewhere.string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(test::text_of(elsewhere), page);
}

TEST(run_package, several_runs_have_one_page_and_no_other_report) {
  const reference_server server{brief_server()};
  const temporary_folder first, second;
  for (const temporary_folder* folder : {&first, &second})
    ASSERT_EQ(test::run_process(run_words(server, *folder, {"--requests", "2", "--quiet"})).exit_code, 0);
  const std::string a = run_folder_in(first).string(), b = run_folder_in(second).string();
  const fs::path both = first.path() / "both.html";
  const auto result = test::run_process({LOADGEN_PROGRAM, "report", a, b, "--html", both.string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  for (const std::string& run : {a, b})
    EXPECT_NE(test::text_of(both).find(fs::path{run}.filename().string()), std::string::npos);

  EXPECT_EQ(test::run_process({LOADGEN_PROGRAM, "report", a, b}).exit_code, 2);
  EXPECT_EQ(test::run_process({LOADGEN_PROGRAM, "report", a, b, "--html", both.string(), "--summary", "-"}).exit_code,
            2);
}

TEST(run_package, with_the_summary_on_standard_output_nothing_else_is_there) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const auto result = test::run_process(run_words(server, folder, {"--requests", "2", "--summary", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json::object summary = json::parse(result.out).as_object();
  EXPECT_EQ(summary.at("schema"), "loadgen.summary/1");
  EXPECT_EQ(json::value(summary), json::value(object_in(run_folder_in(folder) / "summary/summary.json")));
}

TEST(run_package, report_writes_missing_files_again_as_they_were) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const auto measured = test::run_process(run_words(server, folder, {"--requests", "3", "--progress", "none"}));
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  EXPECT_EQ(measured.err, "");

  const fs::path run = run_folder_in(folder);
  const std::string summary = test::text_of(run / "summary/summary.json");
  fs::remove_all(run / "summary");
  fs::remove(run / "manifest.json");
  const auto reported = test::run_process({LOADGEN_PROGRAM, "report", run.string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_EQ(test::text_of(run / "summary/summary.json"), summary);
  EXPECT_TRUE(fs::exists(run / "manifest.json"));
  EXPECT_EQ(measured.out.substr(0, reported.out.size()), reported.out);
}

TEST(run_package, quiet_runs_say_nothing) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const auto result = test::run_process(run_words(server, folder, {"--requests", "1", "--quiet"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST(run_package, failures_above_the_allowed_rate_give_exit_code_1) {
  const reference_server server{brief_server()};
  const temporary_folder folder;
  const words base{"--requests", "2", "--timeout", "1ms", "--quiet"}; // no answer begins before 5 ms
  EXPECT_EQ(test::run_process(run_words(server, folder, base)).exit_code, 1);
  words allowed = base;
  allowed.insert(allowed.end(), {"--max-failure-rate", "1"});
  EXPECT_EQ(test::run_process(run_words(server, folder, allowed)).exit_code, 0);
}

TEST(run_package, an_interrupted_run_is_saved_and_marked) {
  const reference_server server{brief_server("60s")};
  const temporary_folder by_int, by_term;
  const words options{"--requests", "5", "--quiet"};
  test::background_process first{run_words(server, by_int, options)};
  test::background_process second{run_words(server, by_term, options)};
  first.wait_until_it_handles(SIGINT);
  first.send_signal(SIGINT);
  second.wait_until_it_handles(SIGTERM);
  second.send_signal(SIGTERM);
  EXPECT_EQ(first.wait(), 130);
  EXPECT_EQ(second.wait(), 143);
  for (const temporary_folder* folder : {&by_int, &by_term})
    EXPECT_EQ(object_in(run_folder_in(*folder) / "summary/summary.json").at("complete"), false);
}

TEST(run_package, trials_have_levels_of_their_own_and_figures_over_all) {
  reference_server server{brief_server("2ms")};
  const temporary_folder results;
  const auto ended = test::run_process(run_words(
      server, results,
      {"--concurrency", "1,2", "--trials", "3", "--settle", "20ms", "--requests", "5", "--prompt-salt", "trial"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const json::object summary = test::summary_of(run_folder_in(results));
  using load_and_trial = std::pair<std::int64_t, std::int64_t>;
  std::vector<load_and_trial> ran;
  for (const json::value& level : summary.at("levels").as_array())
    ran.emplace_back(level.at("concurrency").as_int64(), level.at("trial").as_int64());
  EXPECT_EQ(ran, (std::vector<load_and_trial>{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {2, 3}}));
  ASSERT_EQ(summary.at("trials").as_array().size(), 2U);
  const json::value& second = summary.at("trials").at(1);
  EXPECT_EQ(second.at("concurrency"), 2);
  double sum = 0;
  for (std::size_t i = 3; i < 6; ++i)
    sum += summary.at("levels").at(i).at("metrics").at("ttft_ms").at("p50").to_number<double>();
  EXPECT_NEAR(second.at("metrics").at("ttft_ms").at("p50").at("mean").to_number<double>(), sum / 3, 1e-9);
}

} // namespace
} // namespace loadgen
