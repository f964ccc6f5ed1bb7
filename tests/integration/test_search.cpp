// Searches and knees on servers whose capacity is known: N slots that each take the same time for a request.
#include "partly_failing_server.hpp"
#include "reference_run.hpp"

#include <loadgen/metrics/recorded_run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace loadgen::test {
namespace {

namespace json = boost::json;

json::value search_of(const std::filesystem::path& run) {
  return summary_of(run).at("search");
}

double number(const json::value& from) {
  return from.to_number<double>();
}

// With two slots and three requests in flight one always waits: on average as long as a slot takes to fall free, 90 ms.
// None waits longer than 180 ms, so that at least 40/130 of them wait more than the 50 ms that the SLO leaves. On a
// busy machine it may stay open whether two hold: then the answer is a wider interval, and still a true one.
TEST(search, of_the_concurrency_brackets_the_number_of_slots) {
  const reference_server server{{"--ttft", "20ms", "--itl", "10ms", "--slots", "2"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(server.url(), results,
                                             {"--find-max", "concurrency", "--slo", "ttft=70ms", "--slo-attainment",
                                              "0.8", "--search-range", "1..12", "--search-confirmations", "2",
                                              "--requests", "20", "--max-tokens", "17", "--threads", "2"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const std::filesystem::path run = run_folder_in(results);
  const json::value search = search_of(run);
  EXPECT_EQ(search.at("kind"), "concurrency");
  EXPECT_EQ(search.at("max_rate"), nullptr);
  EXPECT_EQ(search.at("bracketed"), true) << ended.out;
  EXPECT_EQ(search.at("finished"), true);
  EXPECT_EQ(search.at("max_concurrency"), search.at("interval").at(0));
  EXPECT_LE(number(search.at("interval").at(0)), 2);
  EXPECT_GE(number(search.at("interval").at(1)), 3);
  EXPECT_LE(number(search.at("interval").at(1)), 4);
  EXPECT_GE(number(search.at("confirmations").at("holds")), 2);
  EXPECT_GE(number(search.at("confirmations").at("fails")), 2);
  EXPECT_NE(ended.out.find("highest concurrency that meets the SLO: "), std::string::npos) << ended.out;

  // One package: the steps are its levels, and all is derived from its records again.
  const json::object summary = summary_of(run);
  EXPECT_EQ(summary.at("levels").as_array().size(), search.at("steps").as_array().size());
  EXPECT_EQ(summary.at("knee"), nullptr);
  const json::value manifest = json::parse(text_of(run / "manifest.json"));
  EXPECT_EQ(manifest.at("workload").at("sha256").as_string().size(), 64U);
  EXPECT_EQ(manifest.at("settings").at("prompt-salt").at("value"), "trial");
  const std::string before = text_of(run / "summary/summary.json");
  std::filesystem::remove_all(run / "summary");
  const auto again = run_process({LOADGEN_PROGRAM, "report", run.string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(text_of(run / "summary/summary.json"), before);
}

// With equal gaps nothing waits below 3 / 90 ms, and above it the queue grows with every request.
TEST(search, of_the_rate_brackets_the_servers_capacity) {
  const reference_server server{{"--ttft", "20ms", "--itl", "5ms", "--slots", "3"}};
  const temporary_folder results;
  const auto ended =
      run_process(run_command(server.url(), results,
                              {"--find-max", "rate", "--arrival", "constant", "--slo", "ttft=60ms", "--slo-attainment",
                               "0.8", "--search-range", "24..200", "--search-precision", "20%",
                               "--search-confirmations", "1", "--requests", "80", "--max-tokens", "15"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json::value search = search_of(run_folder_in(results));
  constexpr double capacity = 3 / 0.09;
  EXPECT_EQ(search.at("bracketed"), true);
  EXPECT_EQ(search.at("max_rate"), search.at("interval").at(0));
  EXPECT_LE(number(search.at("interval").at(0)), capacity);
  EXPECT_GE(number(search.at("interval").at(1)), capacity);
  EXPECT_LE(number(search.at("interval").at(1)), number(search.at("interval").at(0)) * 1.2);
}

TEST(search, that_is_not_bracketed_says_so_and_is_no_failure) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms"}};
  const temporary_folder high, low;
  const auto all_hold = run_process(
      run_command(server.url(), high,
                  {"--find-max", "concurrency", "--slo", "e2e=1m", "--slo-attainment", "0.8", "--search-confirmations",
                   "1", "--search-range", "1..4", "--requests", "20", "--max-tokens", "2"}));
  ASSERT_EQ(all_hold.exit_code, 0) << all_hold.err;
  const json::value held = search_of(run_folder_in(high));
  EXPECT_EQ(held.at("max_concurrency"), 4);
  EXPECT_EQ(held.at("interval"), json::parse("[4, null]"));
  EXPECT_EQ(held.at("bracketed"), false);
  EXPECT_EQ(held.at("reason"), "the highest load tried still meets the SLO");
  const auto none_holds = run_process(
      run_command(server.url(), low,
                  {"--find-max", "rate", "--slo", "ttft=1ms", "--slo-attainment", "0.8", "--search-confirmations", "1",
                   "--search-range", "100..400", "--requests", "100", "--max-tokens", "2"}));
  ASSERT_EQ(none_holds.exit_code, 0) << none_holds.err;
  const json::value failed = search_of(run_folder_in(low));
  EXPECT_EQ(failed.at("max_rate"), nullptr);
  EXPECT_EQ(number(failed.at("interval").at(1)), 100);
  EXPECT_EQ(failed.at("reason"), "the lowest load already fails");
}

TEST(search, a_server_that_refuses_work_does_not_hold) {
  const partly_failing_server server{std::vector<std::string>(100'000, "503 Busy")};
  const temporary_folder results;
  const auto ended =
      run_process(run_command(server.url(), results,
                              {"--model", "m", "--find-max", "concurrency", "--slo", "ttft=1h", "--slo-attainment",
                               "0.8", "--search-range", "1..2", "--requests", "20", "--max-failure-rate", "0"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err; // there is no answer that --max-failure-rate could be held against
  const json::value search = search_of(run_folder_in(results));
  EXPECT_EQ(search.at("max_concurrency"), nullptr);
  EXPECT_EQ(search.at("reason"), "the lowest load already fails");
}

TEST(search, gates_are_held_against_the_answer_and_not_against_loads_beyond_it) {
  const reference_server server{{"--ttft", "20ms", "--itl", "5ms", "--slots", "2"}};
  const auto exit_code_with = [&server](const std::string& gate, const std::string& range) {
    const temporary_folder results;
    return run_process(run_command(server.url(), results,
                                   {"--find-max", "concurrency", "--slo", "ttft=45ms", "--slo-attainment", "0.7",
                                    "--search-range", range, "--search-confirmations", "1", "--requests", "20",
                                    "--max-tokens", "17", "--gate", gate}))
        .exit_code;
  };
  EXPECT_EQ(exit_code_with("ttft_p50 <= 45ms", "2..4"), 0);
  EXPECT_EQ(exit_code_with("ttft_p50 <= 10ms", "2..2"), 3);
}

TEST(search, that_is_interrupted_keeps_what_was_measured_and_says_so) {
  const reference_server server{{"--ttft", "20ms", "--itl", "5ms", "--slots", "2"}};
  const temporary_folder results;
  background_process run{
      run_command(server.url(), results,
                  {"--find-max", "concurrency", "--slo", "ttft=1m", "--slo-attainment", "0.8", "--search-range",
                   "1..64", "--requests", "20", "--max-tokens", "2", "--settle", "1h"})};
  const auto first_level_is_through = [&results] {
    const auto recorded = metrics::read_records(run_folder_in(results) / "raw/records.bin");
    return recorded.has_value() && !recorded->levels.empty() && recorded->levels.front().end;
  };
  while (!first_level_is_through()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
  run.send_signal(SIGINT);
  EXPECT_EQ(run.wait(), 130);
  const std::filesystem::path folder = run_folder_in(results);
  const json::object summary = summary_of(folder);
  EXPECT_EQ(summary.at("complete"), false);
  const json::value& search = summary.at("search");
  EXPECT_EQ(search.at("finished"), false);
  EXPECT_EQ(search.at("bracketed"), false);
  EXPECT_EQ(search.at("max_concurrency"), 1);
  EXPECT_EQ(search.at("reason"), "the search was ended before it was through");
}

TEST(search, without_an_objective_or_with_a_fixed_load_it_is_refused_before_anything_is_sent) {
  const auto refusal = [](std::vector<std::string> options) {
    const temporary_folder results;
    const auto ended = run_process(run_command("http://127.0.0.1:9", results, options));
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_TRUE(std::filesystem::is_empty(results.path()));
    return ended.err;
  };
  EXPECT_EQ(refusal({"--find-max", "rate"}),
            "loadgen: --find-max: has no objective to hold the loads to; expected --slo beside it, such as --slo "
            "ttft=500ms\n");
  EXPECT_EQ(refusal({"--find-max", "rate", "--slo", "ttft=1s", "--rate", "3"}),
            "loadgen: --find-max: excludes rate; expected one of them\n");
  EXPECT_EQ(refusal({"--find-max", "concurrency", "--slo", "ttft=1s", "--requests", "50"}),
            "loadgen: --requests: 50 in a first trial and 350 in all trials of a load cannot show that it holds, even "
            "where all of them meet the SLO; expected at least 62, or a lower --slo-attainment\n");
  EXPECT_EQ(
      refusal({"--find-max", "rate", "--slo", "ttft=1s", "--slo-attainment", "1"}),
      "loadgen: --find-max: a required attainment of 1; expected more than 0 and less than 1: no number of requests "
      "shows that all do\n");
  EXPECT_EQ(refusal({"--find-max", "rate", "--slo", "ttft=1s", "--search-range", "9..3"}),
            "loadgen: --find-max: a range from 9 to 3; expected two loads above 0, the lower first\n");
  EXPECT_EQ(refusal({"--find-max", "rate", "--slo", "ttft=1s", "--search-range", "9"}),
            "loadgen: --search-range: '9' is not valid; expected A..B, such as 2..64\n");
  EXPECT_EQ(refusal({"--search-trials", "4"}),
            "loadgen: --search-trials: is for a search; expected --find-max beside it\n");
}

TEST(knee, of_a_sweep_through_the_number_of_slots_is_that_number) {
  const reference_server server{{"--ttft", "20ms", "--itl", "5ms", "--slots", "4"}};
  const temporary_folder results;
  const auto ended = run_process(
      run_command(server.url(), results, {"--concurrency", "1,2,3,6,8,12", "--requests", "24", "--max-tokens", "9"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const json::object summary = summary_of(run_folder_in(results));
  EXPECT_EQ(summary.at("search"), nullptr);
  const json::value& knee = summary.at("knee");
  EXPECT_EQ(knee.at("kind"), "concurrency");
  EXPECT_EQ(knee.at("metric"), "output_tokens_per_s");
  EXPECT_EQ(knee.at("reason"), nullptr);
  EXPECT_NEAR(number(knee.at("load")), 4, 0.5);
  EXPECT_NEAR(number(knee.at("interval").at(0)), 3, 1e-9);
  EXPECT_NEAR(number(knee.at("interval").at(1)), 6, 1e-9);
  EXPECT_NE(ended.out.find("; beyond it tokens/s stay near "), std::string::npos) << ended.out;
}

} // namespace
} // namespace loadgen::test
