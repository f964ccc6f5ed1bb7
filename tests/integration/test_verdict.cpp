// What can go wrong around a run, each thing done to it: the verdict or a warning names it, and the figures stay as
// near the truth as the report says.

#include "metrics/percentile.hpp"
#include "reference_run.hpp"

#include <loadgen/serve/truth.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <sched.h>
#include <thread>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;

// Server and client share the machine with other tests: so late the server itself may write.
constexpr double tolerance_ms = 1;

class disturbed_run : public testing::Test {
protected:
  /// The command of a run of about a second.
  [[nodiscard]] std::vector<std::string> command() const {
    return run_command(server_.url(), results_, {"--concurrency", "8", "--requests", "80", "--max-tokens", "40"});
  }

  void expect_figures_within_their_bounds() {
    const auto truth = serve::read_truth(server_.stop());
    ASSERT_TRUE(truth.has_value());
    serve::truth_samples samples = serve::samples_of(*truth);
    expect_within_bounds("ttft_ms", samples.ttft);
    expect_within_bounds("itl_ms", samples.itl);
  }

  [[nodiscard]] boost::json::object level() const {
    return summary_of(run_folder_in(results_)).at("levels").at(0).as_object();
  }

  [[nodiscard]] double audit_figure(const char* key) const { return level().at("audit").at(key).to_number<double>(); }

  [[nodiscard]] std::string verdict() const { return std::string{level().at("audit").at("verdict").as_string()}; }

  [[nodiscard]] std::string reasons() const {
    std::string all;
    const boost::json::object found = level();
    for (const boost::json::value& reason : found.at("audit").at("reasons").as_array())
      all.append(reason.as_string()).append("\n");
    return all;
  }

private:
  void expect_within_bounds(const char* metric, std::vector<double>& truth) const {
    const boost::json::object found = level();
    const auto& reported = found.at("metrics").at(metric);
    ASSERT_EQ(reported.at("count").to_number<std::size_t>(), truth.size());
    metrics::percentile_selector at{truth};
    const auto expect_near = [&](const char* name, double p) {
      const double bound = reported.at("instrument_error").at(name).to_number<double>();
      EXPECT_NEAR(reported.at(name).to_number<double>(), at.at(p), bound + tolerance_ms) << metric << " " << name;
    };
    expect_near("p50", 0.50);
    expect_near("p90", 0.90);
  }

  reference_server server_{{"--ttft", "20ms", "--itl", "2ms"}};
  temporary_folder results_;
};

TEST_F(disturbed_run, a_client_stopped_and_continued_says_that_it_did_not_run) {
  background_process client{command()};
  client.wait_until_it_handles(SIGINT); // sends from now on
  std::this_thread::sleep_for(200ms);
  client.send_signal(SIGSTOP);
  std::this_thread::sleep_for(300ms);
  client.send_signal(SIGCONT);
  EXPECT_EQ(client.wait(), 0);
  EXPECT_NE(verdict(), "ok");
  EXPECT_NE(reasons().find("the process did not run for"), std::string::npos) << reasons();
  EXPECT_GE(audit_figure("longest_stall_ms"), 250);
  expect_figures_within_their_bounds();
}

/// The first of the cores that this process may run on.
std::string first_core() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  int core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  return std::to_string(core);
}

// The loops have the core whenever they want it, the client when they leave it some.
TEST_F(disturbed_run, a_client_beside_busy_loops_on_its_core_says_that_it_was_late) {
  const std::string core = first_core();
  std::vector<std::unique_ptr<background_process>> loops;
  for (int i = 0; i < 3; ++i)
    loops.push_back(std::make_unique<background_process>(
        std::vector<std::string>{"/usr/bin/taskset", "-c", core, "/bin/sh", "-c", "while :; do :; done"}));
  std::vector<std::string> crowded{"/usr/bin/taskset", "-c", core, "/usr/bin/nice", "-n", "11"};
  for (std::string& word : command()) crowded.push_back(std::move(word));
  const process_result ended = run_process(crowded);
  loops.clear();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(verdict(), "client_bound") << reasons();
  EXPECT_GT(audit_figure("coalesced_behind_fraction"), 0.01);
  EXPECT_GT(level().at("audit").at("receive_lag_ms").at("p99").to_number<double>(), 1);
  expect_figures_within_their_bounds();
}

// No worker waits for the disk: its slowness is told, and touches neither figures nor verdict.
TEST_F(disturbed_run, a_slow_disk_delays_the_records_and_no_figure) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer must be the first library of a program";
#else
  const process_result ended = run_process(command(), {{"LD_PRELOAD", LOADGEN_SLOW_DISK}, {"SLOW_DISK_MS", "1100"}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_GE(audit_figure("longest_flush_gap_ms"), 1100);
  EXPECT_NE(ended.out.find("on their way to the disk"), std::string::npos) << ended.out;
  EXPECT_EQ(level().at("requests").at("completed"), 80);
  EXPECT_LT(audit_figure("longest_stall_ms"), 1000);
  EXPECT_LT(level().at("audit").at("receive_lag_ms").at("p99").to_number<double>(), 100);
  expect_figures_within_their_bounds();
#endif
}

} // namespace
} // namespace loadgen::test
