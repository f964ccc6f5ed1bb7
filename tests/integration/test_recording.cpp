#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <loadgen/recording/exchanges.hpp>
#include <loadgen/recording/recompute.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <thread>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

const std::vector<std::string> short_answers{"--ttft", "5ms", "--itl", "1ms", "--tokens", "10"};

json::object manifest_of(const fs::path& run) {
  return json::parse(text_of(run / "manifest.json")).as_object();
}

process_result report(const fs::path& run, const std::vector<std::string>& options = {}) {
  std::vector<std::string> command{LOADGEN_PROGRAM, "report", run.string()};
  command.insert(command.end(), options.begin(), options.end());
  return run_process(command);
}

/// A run with its bytes against `server`.
fs::path record(const reference_server& server, const temporary_folder& results, std::vector<std::string> options,
                const variables& added = {}) {
  options.insert(options.end(), {"--record", "--quiet", "--max-tokens", "10"});
  const process_result made = run_process(run_command(server.url(), results, options), added);
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return run_folder_in(results);
}

/// All first attempts of measured requests, in the order of index.
std::map<std::uint64_t, std::string> requests_in(const fs::path& run) {
  std::map<std::uint64_t, std::string> requests;
  const auto made = recording::stream_exchanges(
      recording::exchanges_in(run), [&](const recording::recorded_phase& phase, recording::recorded_exchange& one) {
        if (!phase.warmup) requests.emplace(std::uint64_t{phase.place} << 32U | one.index, one.request);
      });
  EXPECT_TRUE(made.has_value());
  return requests;
}

TEST(recorded_run, is_reported_the_same_from_its_bytes) {
  const reference_server server{short_answers};
  const temporary_folder results;
  const fs::path run = record(server, results, {"--requests", "20", "--concurrency", "1,4", "--warmup", "2"});
  const process_result shown = report(run);
  EXPECT_NE(shown.out.find("recomputed from raw bytes: 44 of 44 requests agree"), std::string::npos) << shown.out;
  const process_result from_bytes = report(run, {"--from-bytes", "--summary", "-"});
  EXPECT_EQ(from_bytes.exit_code, 0) << from_bytes.err;
  EXPECT_EQ(json::value(json::parse(from_bytes.out)), json::value(summary_of(run)));

  struct stat status {};

  ASSERT_EQ(::stat(recording::exchanges_in(run).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(manifest_of(run).at("recording").at("lost_exchanges"), 0);
}

TEST(recorded_run, without_one_from_bytes_says_what_is_missing) {
  const reference_server server{short_answers};
  const temporary_folder results;
  ASSERT_EQ(run_process(run_command(server.url(), results, {"--requests", "2", "--quiet"})).exit_code, 0);
  const process_result refused = report(run_folder_in(results), {"--from-bytes"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("--record"), std::string::npos);
  EXPECT_EQ(report(run_folder_in(results)).out.find("raw bytes"), std::string::npos);
}

TEST(recorded_run, survives_a_kill_to_the_last_flush) {
  const reference_server server{{"--ttft", "5ms", "--itl", "20ms", "--tokens", "10000"}};
  const temporary_folder results;
  std::vector<std::string> command = run_command(
      server.url(), results, {"--requests", "4", "--concurrency", "4", "--max-tokens", "10000", "--record", "--quiet"});
  background_process run{command};
  // What has been in the file once must be there for good.
  std::uint64_t seen = 0;
  for (int i = 0; i < 200 && seen < 20'000; ++i) {
    std::this_thread::sleep_for(100ms);
    std::error_code none_yet;
    const auto size = fs::file_size(recording::exchanges_in(run_folder_in(results)), none_yet);
    if (!none_yet) seen = size;
  }
  ASSERT_GE(seen, 20'000U);
  run.send_signal(SIGKILL);
  run.wait();
  std::uint64_t bytes = 0;
  int cut_off = 0;
  const auto made =
      recording::stream_exchanges(recording::exchanges_in(run_folder_in(results)),
                                  [&](const recording::recorded_phase&, recording::recorded_exchange& one) {
                                    cut_off += one.end ? 0 : 1;
                                    for (const recording::recorded_read& read : one.reads) bytes += read.bytes.size();
                                  });
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_FALSE(made->totals);
  EXPECT_EQ(cut_off, 4);
  EXPECT_GT(bytes, 10'000U);
  const process_result shown = report(run_folder_in(results));
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("incomplete"), std::string::npos);
  EXPECT_NE(shown.out.find("4 exchanges were cut off"), std::string::npos) << shown.out;
}

TEST(recorded_run, a_disk_that_cannot_keep_up_costs_bytes_and_no_time) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer must be the first library of a program";
#else
  const reference_server server{{"--ttft", "1ms", "--itl", "1ms", "--tokens", "20"}};
  const temporary_folder results;
  const process_result made = run_process(
      run_command(server.url(), results, {"--requests", "60", "--concurrency", "4", "--max-tokens", "20", "--record"}),
      {{"LD_PRELOAD", LOADGEN_SLOW_DISK}, {"SLOW_DISK_MS", "300"}, {"SLOW_DISK_FILE", "/exchanges.bin"}});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const fs::path run = run_folder_in(results);
  const json::object summary = summary_of(run);
  EXPECT_EQ(summary.at("levels").at(0).at("requests").at("completed"), 60);
  EXPECT_LT(summary.at("levels").at(0).at("audit").at("longest_stall_ms").to_number<double>(), 300);
  EXPECT_NE(report(run).out.find("60 of 60 requests agree"), std::string::npos); // all fits into memory
#endif
}

TEST(replay, sends_the_same_bytes_to_the_same_server_at_the_recorded_times) {
  const reference_server server{short_answers};
  const temporary_folder results, again;
  const variables secrets{{"KEY", "sk-first"}};
  const fs::path recorded = record(server, results,
                                   {"--requests", "20", "--concurrency", "1,5", "--warmup", "2", "--header",
                                    "X-Trace: t", "--header", "X-Api-Key: hush", "--api-key-env", "KEY"},
                                   secrets);
  const std::vector<std::string> command{
      LOADGEN_PROGRAM,       "run",           "--replay", recorded.string(), "--record",        "--output",
      again.path().string(), "--api-key-env", "KEY",      "--header",        "X-Api-Key: other"};
  const process_result refused = run_process(command);
  EXPECT_EQ(refused.exit_code, 2);
  const process_result made = run_process(command, {{"KEY", "sk-second"}});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.out.find("whole requests too"), std::string::npos) << made.out;

  const fs::path replayed = run_folder_in(again);
  const json::object manifest = manifest_of(replayed);
  const json::value& proof = manifest.at("replay");
  EXPECT_EQ(proof.at("of").as_string(), recorded.filename().string());
  EXPECT_EQ(proof.at("wire_sha256").at("equal"), true);
  EXPECT_EQ(proof.at("wire_sha256").at("recorded"), manifest_of(recorded).at("workload").at("wire_sha256"));
  // And not by its own word alone: the bytes themselves, which the second run has kept as well.
  std::multiset<std::string> first, second;
  for (const auto& [place, request] : requests_in(recorded)) first.insert(request);
  for (const auto& [place, request] : requests_in(replayed)) second.insert(request);
  EXPECT_EQ(first.size(), 40U);
  EXPECT_EQ(first, second);
  EXPECT_NE(first.begin()->find("X-Api-Key: (hidden)"), std::string::npos);
  EXPECT_EQ(summary_of(replayed).at("levels").as_array().size(), 2U);
}

TEST(replay, at_planned_times_has_the_same_workload_hash) {
  const reference_server server{short_answers};
  const temporary_folder results, again;
  const fs::path recorded = record(server, results, {"--requests", "20", "--rate", "100,200", "--seed", "5"});
  const process_result made = run_process({LOADGEN_PROGRAM, "run", "--replay", recorded.string(), "--replay-times",
                                           "planned", "--quiet", "--output", again.path().string()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json::object manifest = manifest_of(run_folder_in(again));
  EXPECT_EQ(manifest.at("replay").at("workload_sha256").at("equal"), true);
  EXPECT_EQ(manifest.at("workload"), [&] {
    json::value same = manifest_of(recorded).at("workload"); // but for what the prompts come from
    same.at("dataset") = manifest.at("workload").at("dataset");
    return same;
  }());
}

TEST(replay, to_another_server_says_that_heads_differ_and_sends_the_same_bodies) {
  const reference_server server{short_answers}, other{short_answers};
  const temporary_folder results, again;
  const fs::path recorded = record(server, results, {"--requests", "10", "--concurrency", "2"});
  const process_result made = run_process(
      {LOADGEN_PROGRAM, "run", "--replay", recorded.string(), "--url", other.url(), "--output", again.path().string()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.err.find("DIFFER"), std::string::npos) << made.err;
  const json::object manifest = manifest_of(run_folder_in(again));
  EXPECT_EQ(manifest.at("replay").at("wire_sha256").at("equal"), false);
  EXPECT_EQ(manifest.at("replay").at("bodies_sha256").at("equal"), true);
}

TEST(replay, refuses_what_it_cannot_send_again_and_what_would_change_it) {
  const reference_server server{short_answers};
  const temporary_folder results, none;
  const fs::path recorded = record(server, results, {"--requests", "2"});
  const auto refusal = [&](std::vector<std::string> options) {
    std::vector<std::string> command{LOADGEN_PROGRAM, "run", "--output", none.path().string()};
    command.insert(command.end(), options.begin(), options.end());
    const process_result refused = run_process(command);
    EXPECT_EQ(refused.exit_code, 2);
    return refused.err;
  };
  const std::string run = recorded.string();
  EXPECT_NE(refusal({"--replay", run, "--rate", "5"}).find("--rate: excludes replay"), std::string::npos);
  EXPECT_NE(refusal({"--replay", run, "--extra-body", "{}"}).find("--extra-body: excludes"), std::string::npos);
  EXPECT_NE(refusal({"--replay", run, "--dataset-limit", "3"}).find("--dataset-limit: excludes"), std::string::npos);
  EXPECT_NE(refusal({"--replay", run, "--replay-times", "planned"}).find("closed loop"), std::string::npos);
  EXPECT_NE(refusal({"--replay", none.path().string()}).find("raw/exchanges.bin"), std::string::npos);
  EXPECT_NE(refusal({"--replay-times", "planned", "--url", server.url()}).find("--replay"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(none.path()));
}

TEST(saved_texts, are_what_the_server_answered_and_for_their_owner_alone) {
  const reference_server server{{"--ttft", "2ms", "--itl", "1ms", "--tokens", "3"}};
  const temporary_folder results;
  ASSERT_EQ(
      run_process(run_command(server.url(), results,
                              {"--requests", "5", "--warmup", "1", "--max-tokens", "3", "--save-text", "--quiet"}))
          .exit_code,
      0);
  const fs::path file = run_folder_in(results) / "raw" / "texts.jsonl";

  struct stat status {};

  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::istringstream lines{text_of(file)};
  int warmups = 0, measured = 0;
  for (std::string line; std::getline(lines, line);) {
    const json::value answer = json::parse(line);
    EXPECT_EQ(answer.at("text"), " 000000 000001 000002") << line;
    EXPECT_EQ(answer.at("reasoning"), "");
    EXPECT_EQ(answer.at("outcome"), "completed");
    EXPECT_EQ(answer.at("finish_reason"), "length");
    ++(answer.at("warmup").as_bool() ? warmups : measured);
  }
  EXPECT_EQ(warmups, 1);
  EXPECT_EQ(measured, 5);
}

TEST(saved_texts, keep_reasoning_apart_and_what_came_before_a_failure) {
  scripted_server server{[](scripted_connection& client, int) {
    if (!client.read_request()) return;
    client.send(stream_head() + chunk("data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm \\u00e9\"}}]}\n\n") +
                token_chunk("half an"));
  }};
  const temporary_folder results;
  const process_result made = run_process(run_command("http://127.0.0.1:" + std::to_string(server.port()), results,
                                                      {"--requests", "1", "--model", "m", "--save-text", "--quiet"}));
  EXPECT_EQ(made.exit_code, 1);
  const json::value answer = json::parse(text_of(run_folder_in(results) / "raw" / "texts.jsonl"));
  EXPECT_EQ(answer.at("reasoning"), "hm é");
  EXPECT_EQ(answer.at("text"), "half an");
  EXPECT_EQ(answer.at("cause"), "truncated");
}

TEST(models_by_weight, are_told_apart_in_every_file_as_they_were_asked_for) {
  const reference_server server{short_answers};
  const temporary_folder results;
  const fs::path run = record(server, results, {"--requests", "40", "--concurrency", "2,4", "--models", "a=3,b=1"});
  // What was asked for is in the bytes.
  std::map<std::uint64_t, std::string> asked; // by level and index
  for (const auto& [place, request] : requests_in(run)) {
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    asked[place] = std::string{json::parse(body).at("model").as_string()};
  }
  std::istringstream lines{text_of(run / "raw" / "requests.csv")};
  std::string header;
  std::getline(lines, header);
  EXPECT_NE(header.find(",dataset_line,model,conversation,turn,outcome,"), std::string::npos);
  std::map<std::string, int> counts;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells;
    std::istringstream row{line};
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const std::uint64_t place = std::stoull(cells[0]) << 32U | std::stoull(cells[4]);
    EXPECT_EQ(cells[8], asked.at(place)) << line;
    if (cells[0] == "1") ++counts[cells[8]];
  }
  const json::object summary = summary_of(run);
  const json::value& by_model = summary.at("levels").at(1).at("by_model");
  EXPECT_EQ(by_model.as_object().size(), 2U);
  for (const auto& [name, count] : counts) {
    EXPECT_EQ(by_model.at(name).at("issued"), count);
    EXPECT_EQ(by_model.at(name).at("metrics").at("ttft_ms").at("count"), count);
  }
  EXPECT_NE(report(run).out.find("by model"), std::string::npos);
  const process_result bounded = report(run, {"--bounded", "--summary", "-"});
  EXPECT_EQ(json::parse(bounded.out).at("levels").at(1).at("by_model").at("a").at("issued"),
            by_model.at("a").at("issued"));
}

TEST(request_content, what_is_asked_wrongly_is_refused_in_one_line) {
  const temporary_folder none;
  const auto refusal = [&](std::vector<std::string> options) {
    const process_result refused = run_process(run_command("http://127.0.0.1:9", none, options));
    EXPECT_EQ(refused.exit_code, 2);
    return refused.err;
  };
  EXPECT_NE(refusal({"--models", "a=x"}).find("--models: 'a=x'"), std::string::npos);
  EXPECT_NE(refusal({"--models", "a=1,a=2"}).find("named twice"), std::string::npos);
  EXPECT_NE(refusal({"--models", "a=0"}).find("above 0"), std::string::npos);
  EXPECT_NE(refusal({"--models", "a", "--model", "b"}).find("--models: excludes model"), std::string::npos);
  EXPECT_NE(refusal({"--models", "a", "--lora", "b"}).find("--lora: excludes models"), std::string::npos);
  EXPECT_NE(refusal({"--request-seed", "soon"}).find("--request-seed"), std::string::npos);
  EXPECT_NE(refusal({"--min-tokens", "9", "--max-tokens", "8"}).find("--min-tokens: 9"), std::string::npos);
  EXPECT_NE(refusal({"--stop", ""}).find("--stop"), std::string::npos);
}

} // namespace
} // namespace loadgen::test
