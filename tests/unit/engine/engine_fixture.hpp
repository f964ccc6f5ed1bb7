#pragma once

#include "support/scripted_server.hpp"

#include <loadgen/engine/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace loadgen::engine::test {

/// A run against a server on loopback, with its records in a folder of its own.
class engine_fixture : public testing::Test {
protected:
  engine_fixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "loadgen-engine-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    settings.handle_signals = false;
  }

  ~engine_fixture() override { std::filesystem::remove_all(folder_); }

  void send_to(std::uint16_t port) {
    settings.client.targets = {parse_target("http://127.0.0.1:" + std::to_string(port)).value()};
  }

  /// A plan of one level for each pair of concurrency and number of requests.
  workload::plan plan_of(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& levels, std::uint64_t seed = 1) {
    workload::request_settings request;
    request.model = "m";
    request.seed = seed;
    request.salt = workload::prompt_salt::level;
    request.max_tokens = 3;
    std::vector<workload::level_settings> planned;
    settings.loads.clear();
    for (const auto& [concurrency, requests] : levels) {
      workload::level_settings level;
      level.level = static_cast<std::uint32_t>(planned.size());
      level.requests = requests;
      planned.push_back(level);
      settings.loads.push_back({.concurrency = concurrency});
    }
    return workload::plan::make(workload::builtin_dataset("default").value(), request, planned).value();
  }

  /// A plan of one level as given, under that load.
  workload::plan plan_of(workload::level_settings level, level_load load) {
    workload::request_settings request;
    request.model = "m";
    request.max_tokens = 3;
    settings.loads = {load};
    return workload::plan::make(workload::builtin_dataset("default").value(), request, {std::move(level)}).value();
  }

  metrics::recorded_run run(const workload::plan& plan) {
    metrics::run_info info;
    info.run_id = "test";
    info.epoch = clock::now();
    const std::filesystem::path file = folder_ / ("records" + std::to_string(runs_++) + ".bin");
    outcome = engine::run(settings, plan, info, file);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    auto recorded = metrics::read_records(file);
    EXPECT_TRUE(recorded.has_value());
    return std::move(*recorded);
  }

  std::filesystem::path folder_;
  run_settings settings;
  result<run_outcome> outcome = run_outcome{};

private:
  int runs_ = 0;
};

/// Answers every request on a connection with a stream of three tokens.
inline void answer_all(loadgen::test::scripted_connection& client) {
  using namespace loadgen::test;
  while (client.read_request())
    client.send(stream_head() + token_chunk("a") + token_chunk("b") + token_chunk("c") + stream_tail());
}

} // namespace loadgen::engine::test
