// How often a comparison of real runs is right: the reference server against itself, and against one that is 5 % slower
// from token to token. All in one process, by the calls that the program makes.
#include "support/temporary_folder.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/report/comparison.hpp>
#include <loadgen/serve/reference_server.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <thread>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;

/// A server whose gaps are drawn, with fewer slots than the client has streams, so that requests queue.
class drawing_server {
public:
  explicit drawing_server(duration itl) : server_(make(itl)), thread_([this] { server_.run(); }) {}

  drawing_server(const drawing_server&) = delete;
  drawing_server& operator=(const drawing_server&) = delete;

  ~drawing_server() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

private:
  static serve::reference_server make(duration itl) {
    serve::server_settings settings;
    settings.port = 0;
    settings.ttft = 5ms;
    settings.itl = itl;
    settings.itl_distribution = serve::gap_distribution::lognormal;
    settings.itl_cv = 0.3;
    settings.slots = 28;
    return serve::reference_server::create(std::move(settings)).value();
  }

  serve::reference_server server_;
  std::thread thread_;
};

constexpr std::uint32_t concurrency = 32;

workload::plan make_plan(std::uint64_t requests) {
  workload::dataset prompts = workload::builtin_dataset("default").value();
  std::vector<workload::dataset_entry> short_answers;
  for (std::size_t i = 0; i < prompts.entries.size(); ++i) {
    short_answers.push_back(prompts.entries[i]);
    short_answers.back().max_tokens = 4 + static_cast<std::uint32_t>(i % 11); // 4 to 14
  }
  prompts.entries = std::move(short_answers);
  workload::request_settings request;
  request.model = "m";
  workload::level_settings level;
  level.requests = requests;
  return workload::plan::make(std::move(prompts), request, {level}).value();
}

/// Sends the one plan of this file again and again.
class runs {
public:
  explicit runs(std::uint64_t requests) : plan_(make_plan(requests)) {}

  report::analyzed_run against(const drawing_server& server) {
    const temporary_folder folder;
    std::filesystem::create_directory(folder.path() / "raw");
    engine::run_settings settings;
    settings.client.targets = {engine::parse_target(server.url()).value()};
    settings.loads = {{.concurrency = concurrency}};
    settings.handle_signals = false;
    metrics::run_info info;
    info.run_id = std::to_string(++count_);
    info.epoch = clock::now();
    info.manifest = {{"workload", {{"sha256", plan_.sha256()}}}};
    const auto ended = engine::run(settings, plan_, info, folder.path() / "raw/records.bin");
    EXPECT_TRUE(ended.has_value() && ended->complete);
    return report::load_run(folder.path()).value();
  }

private:
  workload::plan plan_;
  int count_ = 0;
};

/// How many of the pairs seem to differ, by headline figure.
struct tally {
  int interval = 0; ///< the interval excludes no change
  int verdict = 0;  ///< and the verdict is better or worse
  int tested = 0;   ///< there is an interval
};

std::map<std::string, tally> compare_pairs(const drawing_server& a, const drawing_server& b, int pairs,
                                           std::uint64_t requests) {
  runs sent{requests};
  std::map<std::string, tally> found;
  for (int i = 0; i < pairs; ++i) {
    const report::analyzed_run run_a = sent.against(a), run_b = sent.against(b);
    const report::run_comparison compared = report::compare_runs(run_a, run_b).value();
    for (const comparison::change& of : compared.levels.front().changes) {
      if (!of.headline) continue;
      tally& counts = found[of.figure];
      counts.tested += of.interval ? 1 : 0;
      counts.interval += of.interval && (of.interval->low > 0 || of.interval->high < 0) ? 1 : 0;
      counts.verdict +=
          of.verdict == comparison::judgement::better || of.verdict == comparison::judgement::worse ? 1 : 0;
    }
  }
  for (const auto& [figure, counts] : found)
    std::cout << "  " << figure << ": tested " << counts.tested << ", interval " << counts.interval << ", verdict "
              << counts.verdict << " of " << pairs << '\n';
  return found;
}

TEST(comparison_of_real_runs, of_one_server_seldom_finds_a_difference) {
  constexpr int pairs = 500;
  const drawing_server server{4ms};
  for (const auto& [figure, counts] : compare_pairs(server, server, pairs, 300))
    EXPECT_LE(counts.verdict, pairs * 7 / 100) << figure;
}

TEST(comparison_of_real_runs, finds_tokens_that_come_5_percent_slower) {
  constexpr int pairs = 100;
  const drawing_server server{4ms}, slower{4200us};
  const auto found = compare_pairs(server, slower, pairs, 400);
  EXPECT_GE(found.at("itl_p50").verdict, pairs * 95 / 100);
}

} // namespace
} // namespace loadgen::test
