#include "engine_fixture.hpp"
#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"

#include <loadgen/recording/recompute.hpp>

#include <gtest/gtest.h>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;

/// Runs whose bytes are kept, in folders as they are on disk.
class recorded_run : public engine_fixture {
protected:
  recording::recomputation record_and_recompute(const workload::plan& plan) {
    const std::filesystem::path raw = folder_ / "raw";
    std::filesystem::create_directories(raw);
    settings.keep.exchanges = raw / "exchanges.bin";
    metrics::run_info info;
    info.run_id = "test";
    info.epoch = clock::now();
    outcome = engine::run(settings, plan, info, raw / "records.bin");
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    auto again = recording::recompute(folder_);
    EXPECT_TRUE(again.has_value()) << again.error().message;
    return std::move(*again);
  }

  void expect_equal(const recording::recomputation& again, std::uint64_t requests) {
    EXPECT_EQ(again.first_difference, "");
    EXPECT_EQ(again.requests, requests);
    EXPECT_EQ(again.agreeing + again.without_bytes, requests);
    EXPECT_EQ(again.incomplete, 0U);
    EXPECT_EQ(again.unrecorded, 0U);
  }

  [[nodiscard]] std::vector<metrics::cause> causes(const recording::recomputation& again) {
    std::vector<metrics::cause> all;
    for (const auto& level : again.run.levels)
      for (const auto& record : level.requests) all.push_back(record.why);
    return all;
  }
};

TEST_F(recorded_run, gives_the_same_records_from_its_bytes) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.warmup.requests = 2;
  settings.threads = 2;
  const auto again = record_and_recompute(plan_of({{1, 5}, {4, 20}}));
  expect_equal(again, 5 + 20 + 2 * 2);
  EXPECT_EQ(again.agreeing, again.requests);
  for (const auto& record : again.run.levels[1].requests) {
    EXPECT_EQ(record.chunks.size(), 3U);
    EXPECT_EQ(record.end, metrics::outcome::completed);
  }
}

TEST_F(recorded_run, gives_the_same_failures_from_its_bytes) {
  scripted_server server{[](scripted_connection& client, int number) {
    if (!client.read_request()) return;
    switch (number % 7) {
    case 0:
      return client.send("HTTP/1.1 503 Busy\r\nContent-Length: 35\r\n\r\n{\"error\":{\"message\":\"queue full\"}}\n");
    case 1:
      return client.send(stream_head() + token_chunk("a") + chunk("data: {\"error\":\"no memory\"}\n\n") + "0\r\n\r\n");
    case 2: return client.send(stream_head() + token_chunk("a")); // truncated
    case 3: return client.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
    case 4: return client.send(stream_head() + chunk("data: {broken\n\n") + stream_tail());
    case 5: client.send(stream_head() + token_chunk("a")); return client.reset();
    default: return client.send("no HTTP at all\r\n\r\n");
    }
  }};
  send_to(server.port());
  const auto again = record_and_recompute(plan_of({{1, 14}}));
  expect_equal(again, 14);
  const auto found = causes(again);
  for (const metrics::cause expected :
       {metrics::cause::http_status, metrics::cause::in_band_error, metrics::cause::truncated,
        metrics::cause::content_type, metrics::cause::bad_payload, metrics::cause::protocol})
    EXPECT_EQ(std::count(found.begin(), found.end(), expected), expected == metrics::cause::truncated ? 4 : 2)
        << to_string(expected);
}

TEST_F(recorded_run, gives_the_same_stalls_retries_and_refusals_from_its_bytes) {
  scripted_server server{[](scripted_connection& client, int number) {
    if (!client.read_request()) return;
    if (number % 3 == 0) {
      client.send(stream_head() + token_chunk("slow"));
      return client.wait_for_close();
    }
    if (number % 3 == 1) return; // closed without a word: tried again
    client.send(stream_head() + token_chunk("a") + stream_tail());
  }};
  send_to(server.port());
  settings.client.stall_timeout = 50ms;
  settings.client.retries = 2;
  const auto again = record_and_recompute(plan_of({{1, 6}}));
  expect_equal(again, 6);
  const auto found = causes(again);
  EXPECT_GT(std::count(found.begin(), found.end(), metrics::cause::stall_timeout), 0);
  std::uint64_t retries = 0;
  for (const auto& record : again.run.levels[0].requests) retries += record.retries;
  EXPECT_GT(retries, 0U);
}

TEST_F(recorded_run, takes_a_request_without_a_connection_as_it_is_on_record) {
  send_to(unused_port());
  const auto again = record_and_recompute(plan_of({{1, 3}}));
  EXPECT_EQ(again.without_bytes, 3U);
  EXPECT_EQ(again.differing, 0U);
  EXPECT_EQ(causes(again), std::vector<metrics::cause>(3, metrics::cause::connect));
}

TEST_F(recorded_run, gives_the_same_whole_answers_also_where_only_the_end_of_the_connection_ends_them) {
  scripted_server server{[](scripted_connection& client, int number) {
    constexpr std::string_view answer =
        R"({"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"completion_tokens":1}})";
    const std::string length = number % 2 == 0 ? "" : "Content-Length: " + std::to_string(answer.size()) + "\r\n";
    if (!client.read_request()) return;
    client.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + length + "\r\n" + std::string{answer});
  }};
  send_to(server.port());
  workload::request_settings request;
  request.model = "m";
  request.stream = false;
  workload::level_settings level;
  level.requests = 6;
  settings.loads = {{.concurrency = 1}};
  const auto again = record_and_recompute(
      workload::plan::make(workload::builtin_dataset("default").value(), request, {level}).value());
  expect_equal(again, 6);
  for (const auto& record : again.run.levels[0].requests) {
    ASSERT_EQ(record.chunks.size(), 1U) << record.message;
    EXPECT_GT(record.chunks[0].receive_lag.count(), 0U);
  }
}

TEST_F(recorded_run, keeps_no_secret) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.client.api_key = "sk-very-secret";
  settings.client.headers = {{"X-Api-Key", "another-secret"}, {"X-Plain", "shown"}};
  expect_equal(record_and_recompute(plan_of({{1, 3}})), 3);
  const std::string bytes = text_of(folder_ / "raw" / "exchanges.bin");
  EXPECT_EQ(bytes.find("secret"), std::string::npos);
  EXPECT_NE(bytes.find("X-Api-Key: (hidden)\r\n"), std::string::npos);
  EXPECT_NE(bytes.find("Authorization: Bearer (hidden)\r\n"), std::string::npos);
  EXPECT_NE(bytes.find("X-Plain: shown\r\n"), std::string::npos);
}

TEST_F(recorded_run, gives_the_same_records_from_what_tls_decrypted) {
  const certificate_authority authority;
  const auto tls = make_server_tls(authority.issue_for_localhost(), {});
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }, tls};
  settings.client.targets = {parse_target("https://127.0.0.1:" + std::to_string(server.port())).value()};
  settings.client.ca_file = authority.file();
  const auto again = record_and_recompute(plan_of({{2, 8}}));
  expect_equal(again, 8);
  EXPECT_EQ(again.agreeing, 8U);
  EXPECT_NE(text_of(folder_ / "raw" / "exchanges.bin").find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(recorded_run, records_that_the_bytes_do_not_give_are_found) {
  const auto record_tokens = [this](int tokens) {
    scripted_server server{[tokens](scripted_connection& client, int) {
      while (client.read_request()) {
        client.send(stream_head());
        for (int i = 0; i < tokens; ++i) client.send(token_chunk("a"));
        client.send(stream_tail());
      }
    }};
    send_to(server.port());
    expect_equal(record_and_recompute(plan_of({{1, 3}})), 3);
  };
  record_tokens(3);
  std::filesystem::rename(folder_ / "raw", folder_ / "of-three");
  record_tokens(1);
  std::filesystem::rename(folder_ / "of-three" / "exchanges.bin", folder_ / "raw" / "exchanges.bin");
  const auto again = recording::recompute(folder_).value();
  EXPECT_FALSE(again.agrees());
  EXPECT_EQ(again.differing, 3U);
  EXPECT_EQ(again.first_difference.find("level 0, trial 1, request "), 0U) << again.first_difference;
}

TEST_F(recorded_run, a_recording_that_is_missing_or_of_another_run_is_told) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  expect_equal(record_and_recompute(plan_of({{1, 1}})), 1);
  std::filesystem::remove(folder_ / "raw" / "records.bin");
  metrics::run_info other;
  other.run_id = "other";
  other.epoch = clock::now();
  settings.keep.exchanges.clear();
  ASSERT_TRUE(engine::run(settings, plan_of({{1, 1}}), other, folder_ / "raw" / "records.bin"));
  EXPECT_NE(recording::recompute(folder_).error().message.find("of run test"), std::string::npos);
  std::filesystem::remove(folder_ / "raw" / "exchanges.bin");
  EXPECT_NE(recording::recompute(folder_).error().message.find("--record"), std::string::npos);
}

} // namespace
} // namespace loadgen::engine::test
