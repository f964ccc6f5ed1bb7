#include "partly_failing_server.hpp"
#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <future>

namespace loadgen::test {
namespace {

using words = std::vector<std::string>;

words brief_server(const std::string& ttft = "5ms") {
  return {"--ttft", ttft, "--itl", "1ms", "--tokens", "5"};
}

bool says(const std::string& text, std::string_view line) {
  return text.find(line) != std::string::npos;
}

/// Runs the client to its end against a server that answers within some milliseconds; `options` beside two requests.
process_result brief_run(const temporary_folder& results, const words& options, const variables& added = {}) {
  const reference_server server{brief_server()};
  words all{"--requests", "2"};
  all.insert(all.end(), options.begin(), options.end());
  return run_process(run_command(server.url(), results, all), added);
}

TEST(exit_codes, 0_where_every_gate_holds_and_each_is_told) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--gate", "ttft_p99<=60s", "--gate", "output_tokens_per_s > 0"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_TRUE(says(ended.out, "\ngate ttft_p99 <= 60s: holds\ngate output_tokens_per_s > 0: holds\n")) << ended.out;
  EXPECT_EQ(ended.err, "");
}

TEST(exit_codes, 3_where_a_gate_fails_and_the_results_are_saved) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--gate", "ttft_p99 <= 60s", "--gate", "ttft_min < 5ms"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(says(ended.out, "\ngate ttft_p99 <= 60s: holds\ngate ttft_min < 5ms: fails: ")) << ended.out;
  EXPECT_TRUE(says(ended.out, " ms at concurrency 1\n")) << ended.out;
  EXPECT_EQ(summary_of(run_folder_in(results)).at("complete"), true);
}

TEST(exit_codes, 3_where_a_gates_figure_was_not_measured) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--concurrency", "1,2", "--gate", "ttft_planned_p50 <= 60s"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(says(ended.out, "gate ttft_planned_p50 <= 60s: fails: not measured at concurrency 1, not measured at "
                              "concurrency 2\n"))
      << ended.out;
}

TEST(exit_codes, gates_come_from_the_environment_too) {
  const temporary_folder results;
  const auto ended =
      brief_run(results, {"--quiet"}, {{"LOADGEN_GATE", "ttft_p50 <= 60s\ntpot_max > 60s\ne2e_max > 60s"}});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(says(ended.err, "loadgen: gate tpot_max > 60s: fails: "));
  EXPECT_TRUE(says(ended.err, "loadgen: gate e2e_max > 60s: fails: "));
}

TEST(exit_codes, a_quiet_run_tells_on_standard_error_what_failed_and_nothing_else) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--quiet", "--gate", "ttft_p50 <= 60s", "--gate", "goodput_per_s > 1"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, "loadgen: gate goodput_per_s > 1: fails: not measured at concurrency 1\n");
}

TEST(exit_codes, with_the_summary_on_standard_output_gates_are_told_on_standard_error) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--summary", "-", "--gate", "e2e_p50 <= 60s", "--gate", "goodput_per_s > 1"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_EQ(boost::json::parse(ended.out).at("schema"), "loadgen.summary/1");
  EXPECT_EQ(ended.err, "loadgen: gate e2e_p50 <= 60s: holds\n"
                       "loadgen: gate goodput_per_s > 1: fails: not measured at concurrency 1\n");
}

TEST(exit_codes, 3_where_a_strict_runs_verdict_is_not_ok) {
  const temporary_folder results;
  const auto ended = brief_run(results, {"--no-kernel-timestamps", "--strict"}); // at best degraded
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_TRUE(says(ended.out, "\nstrict (audit verdict ok): fails: ")) << ended.out;
  EXPECT_EQ(brief_run(temporary_folder{}, {"--no-kernel-timestamps"}).exit_code, 0);
}

TEST(exit_codes, 1_where_more_than_the_allowed_share_failed_and_every_http_error_counts) {
  const words statuses{
      "302 Found",    "400 Bad Request",        "401 Unauthorized", "404 Not Found", "429 Too Many Requests",
      "500 Internal", "503 Service Unavailable"};
  const auto exit_code_at = [&](const std::string& allowed) {
    const partly_failing_server server{statuses};
    const temporary_folder results;
    const auto ended = run_process(run_command(
        server.url(), results, {"--model", "m", "--requests", "28", "--quiet", "--max-failure-rate", allowed}));
    const boost::json::object summary = summary_of(run_folder_in(results));
    const auto& requests = summary.at("levels").at(0).at("requests");
    EXPECT_EQ(requests.at("failed").to_number<int>(), 7);
    EXPECT_EQ(requests.at("http_statuses").as_object().size(), 7U);
    EXPECT_EQ(says(ended.err, "7 of 28 requests failed at concurrency 1"), ended.exit_code == 1) << ended.err;
    return ended.exit_code;
  };
  EXPECT_EQ(exit_code_at("0"), 1);
  EXPECT_EQ(exit_code_at("0.2499"), 1);
  EXPECT_EQ(exit_code_at("0.25"), 0);
}

TEST(exit_codes, 1_comes_before_3_and_both_are_told) {
  const partly_failing_server server{{"503 Busy"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(
      server.url(), results,
      {"--model", "m", "--requests", "2", "--gate", "ttft_p50 > 60s", "--strict", "--no-kernel-timestamps"}));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_TRUE(says(ended.out, "gate ttft_p50 > 60s: fails: ")) << ended.out;
  EXPECT_TRUE(says(ended.out, "strict (audit verdict ok): fails: ")) << ended.out;
  EXPECT_TRUE(says(ended.out, "failure rate <= 0: fails: 1 of 2 requests failed at concurrency 1\n")) << ended.out;
}

/// A run of which one request has failed and the next one waits for an answer that never comes.
class stuck_run {
public:
  stuck_run() { second_request_.get_future().wait(); }

  void send_signal(int signal) const { run_.send_signal(signal); }

  int wait() { return run_.wait(); }

  [[nodiscard]] boost::json::object summary() const { return summary_of(run_folder_in(results_)); }

private:
  void answer(scripted_connection& client) {
    if (!client.read_request()) return; // the connection that is opened before the run
    client.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    if (!client.read_request()) return;
    second_request_.set_value();
    client.wait_for_close();
  }

  temporary_folder results_;
  std::promise<void> second_request_;
  scripted_server server_{[this](scripted_connection& client, int) { answer(client); }};
  background_process run_{run_command("http://127.0.0.1:" + std::to_string(server_.port()), results_,
                                      {"--model", "m", "--requests", "5", "--quiet", "--gate", "ttft_p50 <= 60s"})};
};

TEST(exit_codes, 130_and_143_come_before_1_and_3) {
  stuck_run by_int, by_term; // both at once: an interrupted run gives its requests some seconds to end
  by_int.send_signal(SIGINT);
  by_term.send_signal(SIGTERM);
  EXPECT_EQ(by_int.wait(), 130);
  EXPECT_EQ(by_term.wait(), 143);
  for (const stuck_run* run : {&by_int, &by_term}) {
    const boost::json::object summary = run->summary();
    EXPECT_EQ(summary.at("complete"), false);
    EXPECT_EQ(summary.at("levels").at(0).at("requests").at("failed").to_number<int>(), 1);
  }
}

TEST(exit_codes, 2_comes_before_a_connection_is_tried) {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(unused_port());
  const temporary_folder results;
  const auto code_with = [&](const words& options) {
    return run_process(run_command(nobody, results, options)).exit_code;
  };
  EXPECT_EQ(code_with({"--model", "m", "--gate", "ttft_p99 <= 500"}), 2);
  EXPECT_EQ(code_with({"--model", "m", "--slo", "ttft=soon"}), 2);
  EXPECT_EQ(code_with({"--model", "m", "--gate", "ttft_p99 <= 500ms", "--slo", "ttft=1s"}), 4);
  EXPECT_TRUE(std::filesystem::is_empty(results.path()));
}

} // namespace
} // namespace loadgen::test
