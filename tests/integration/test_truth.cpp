// What a run reports against what the reference server knows of it.

#include "metrics/percentile.hpp"
#include "reference_run.hpp"
#include "support/certificates.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/serve/truth.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <thread>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;

// A way from the client to the server.
struct way {
  const char* name;
  bool tls = false;
  const char* concurrency = "20";
  std::vector<std::string> serve{}, run{}; // further options
};

void PrintTo(const way& one, std::ostream* out) {
  *out << one.name;
}

class truth_over : public testing::TestWithParam<way> {};

// The bounds are wider than those of benchmarks/accuracy: there the two programs have a core each, here they and other
// tests share what there is, and a program that is put aside between reading a clock and writing shows: the server's by
// no more than this, the client's in its bound.
TEST_P(truth_over, a_run_reports_the_percentiles_that_the_server_wrote) {
  const certificate_authority authority;
  std::vector<std::string> serve_options{"--ttft", "20ms", "--itl", "lognormal(4ms,0.5)"};
  std::vector<std::string> run_options{
      "--concurrency", GetParam().concurrency, "--requests", "100", "--max-tokens", "40", "--quiet"};
  const auto append = [](std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  append(serve_options, GetParam().serve);
  append(run_options, GetParam().run);
  if (GetParam().tls) {
    const certificate_files files = authority.issue_for_localhost();
    append(serve_options, {"--tls-cert", files.certificate.string(), "--tls-key", files.key.string()});
    append(run_options, {"--ca-file", authority.file().string()});
  }
  reference_server server{serve_options};
  const temporary_folder results;
  const auto ended = run_process(run_command(server.url(), results, run_options));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto truth = serve::read_truth(server.stop());
  ASSERT_TRUE(truth.has_value());
  ASSERT_EQ(truth->size(), 100U);
  serve::truth_samples samples = serve::samples_of(*truth);

  const boost::json::object summary = summary_of(run_folder_in(results));
  const auto& level = summary.at("levels").at(0);
  const auto count = [&](const char* key) { return level.at("requests").at(key).to_number<int>(); };
  EXPECT_EQ(count("planned"), 100);
  EXPECT_EQ(count("issued"), count("completed"));
  const auto expect = [&](const char* metric, std::vector<double>& truth_samples) {
    const auto& reported = level.at("metrics").at(metric);
    EXPECT_EQ(reported.at("count").to_number<std::size_t>(), truth_samples.size());
    metrics::percentile_selector at{truth_samples};
    const auto figure = [&reported](const char* name) { return reported.at(name).to_number<double>(); };
    const auto bound = [&reported](const char* name) {
      return reported.at("instrument_error").at(name).to_number<double>();
    };
    EXPECT_NEAR(figure("p50"), at.at(0.50), 0.25 + bound("p50")) << metric;
    EXPECT_NEAR(figure("p90"), at.at(0.90), 0.5 + bound("p90")) << metric;
  };
  expect("ttft_ms", samples.ttft);
  expect("itl_ms", samples.itl);
  EXPECT_EQ(level.at("tokens").at("output").to_number<int>(), 4000);
  EXPECT_EQ(level.at("audit").at("kernel_timestamps"), true);

  const bool fresh = GetParam().run == std::vector<std::string>{"--connection", "fresh"};
  const auto run = metrics::read_records(run_folder_in(results) / "raw/records.bin");
  for (const metrics::request_record& request : run->levels.at(0).requests) {
    EXPECT_FALSE(fresh && request.reused_connection);
    EXPECT_EQ(request.connect_time > 0ns, !request.reused_connection);
    EXPECT_EQ(request.tls_time > 0ns, GetParam().tls && !request.reused_connection);
    EXPECT_GE(*request.sent - *request.released, request.connect_time + request.tls_time);
  }
}

INSTANTIATE_TEST_SUITE_P(ways, truth_over,
                         testing::Values(way{"plain"}, way{"fresh", false, "20", {}, {"--connection", "fresh"}},
                                         way{"ipv6", false, "20", {"--bind", "::1"}, {}}, way{"tls", true},
                                         // Handshakes take processor time, from both programs.
                                         way{"fresh_tls", true, "8", {}, {"--connection", "fresh"}},
                                         way{"ipv6_tls", true, "20", {"--bind", "::1"}, {}}),
                         [](const testing::TestParamInfo<way>& one) { return std::string{one.param.name}; });

// Within one stream nothing is lost, doubled or put out of order, whoever is late.
TEST(truth, every_token_has_one_arrival_not_before_it_was_written) {
  reference_server server{{"--ttft", "5ms", "--itl", "1ms"}};
  const temporary_folder results;
  const auto ended = run_process(
      run_command(server.url(), results, {"--concurrency", "1", "--requests", "10", "--max-tokens", "20", "--quiet"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto truth = serve::read_truth(server.stop());
  const auto run = metrics::read_records(run_folder_in(results) / "raw/records.bin");
  ASSERT_TRUE(truth.has_value() && run.has_value());
  const auto& requests = run->levels.at(0).requests;
  ASSERT_EQ(requests.size(), truth->size());
  for (std::size_t i = 0; i < requests.size(); ++i) { // one at a time: the server saw them in plan order
    const serve::truth_record& written = (*truth)[i];
    EXPECT_GE(written.received,
              *requests[i].sent - 50us); // two clocks: the stamp is the kernel's wall clock, moved over
    ASSERT_EQ(requests[i].chunks.size(), written.written.size());
    for (std::size_t token = 0; token < written.written.size(); ++token)
      EXPECT_GE(requests[i].chunks[token].arrival, written.written[token] - 50us);
  }
}

std::multimap<std::string, std::string> bodies_of(const std::vector<serve::truth_record>& truth) {
  std::multimap<std::string, std::string> bodies;
  for (const serve::truth_record& request : truth) bodies.emplace(request.body_sha256, request.path);
  return bodies;
}

TEST(truth, the_same_seed_brings_the_same_bodies_and_hashes_and_another_one_others) {
  const auto run_with = [](const std::string& seed) {
    reference_server server{{"--ttft", "0ms", "--itl", "0ms"}};
    const temporary_folder results;
    const auto ended = run_process(
        run_command(server.url(), results,
                    {"--concurrency", "2,4", "--requests", "110", "--max-tokens", "1", "--seed", seed, "--quiet"}));
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    const auto truth = serve::read_truth(server.stop());
    const boost::json::object summary = summary_of(run_folder_in(results));
    return std::pair{bodies_of(*truth), std::string{summary.at("workload").at("sha256").as_string()}};
  };
  const auto first = run_with("5");
  EXPECT_EQ(first.first.size(), 220U);
  EXPECT_EQ(first, run_with("5"));
  const auto other = run_with("6");
  EXPECT_NE(first.first, other.first);
  EXPECT_NE(first.second, other.second);
}

TEST(truth, after_kill_9_the_report_has_all_that_ended_a_second_before) {
  reference_server server{{"--ttft", "10ms", "--itl", "1ms"}};
  const temporary_folder results;
  background_process client{
      run_command(server.url(), results, {"--concurrency", "4", "--requests", "100000", "--max-tokens", "10"})};
  const auto recorded = [&results] {
    const auto run = metrics::read_records(run_folder_in(results) / "raw/records.bin");
    return run && !run->levels.empty() ? run->levels.front().requests.size() : 0;
  };
  for (const instant limit = clock::now() + 30s; recorded() < 20 && clock::now() < limit;)
    std::this_thread::sleep_for(20ms);
  std::this_thread::sleep_for(1200ms);
  client.send_signal(SIGKILL);
  const instant killed = clock::now();
  EXPECT_EQ(client.wait(), 128 + SIGKILL);
  const auto truth = serve::read_truth(server.stop());
  std::uint64_t ended_before = 0;
  for (const serve::truth_record& request : *truth)
    if (request.done && request.closed && *request.closed < killed - 1s) ++ended_before;
  ASSERT_GE(ended_before, 20U);

  const std::filesystem::path run = run_folder_in(results);
  const auto reported = run_process({LOADGEN_PROGRAM, "report", run.string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_NE(reported.out.find("incomplete"), std::string::npos);
  const boost::json::object summary = summary_of(run);
  EXPECT_EQ(summary.at("complete"), false);
  const auto& requests = summary.at("levels").at(0).at("requests");
  EXPECT_GE(requests.at("completed").to_number<std::uint64_t>(), ended_before);
  EXPECT_LE(requests.at("completed").to_number<std::uint64_t>(), truth->size());
}

} // namespace
} // namespace loadgen::test
