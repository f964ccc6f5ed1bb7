#include "base/sha256.hpp"
#include "serve/stream_schedule.hpp"
#include "unit/serve/support.hpp"

#include <loadgen/serve/truth.hpp>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;
using test::client;
using test::running_server;

constexpr std::string_view chat_path = "/v1/chat/completions";
constexpr std::string_view completions_path = "/v1/completions";
constexpr std::string_view chat_body = R"({"stream":true,"messages":[{"role":"user","content":"a b c"}]})";
constexpr std::string_view running = "loadgen_serve_requests_running";
constexpr std::string_view waiting = "loadgen_serve_requests_waiting";

/// One that goes on until its client is tired of it.
constexpr std::string_view endless_body = R"({"stream":true,"messages":[],"max_tokens":1000000})";

server_settings quick() {
  return {.ttft = 1ms, .itl = 100us, .tokens = 5};
}

std::vector<std::string> numbered_texts(std::uint32_t count) {
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < count; ++i) texts.push_back(fmt::format(" {:06}", i));
  return texts;
}

std::vector<truth_record> read_by_id(const std::filesystem::path& file) {
  auto records = read_truth(file);
  if (!records) throw std::runtime_error(records.error().message);
  std::sort(records->begin(), records->end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return *records;
}

TEST(reference_server, chat_stream_from_role_to_done) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(chat_path, chat_body);
  const auto response = user.read_response();
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.head.find("text/event-stream"), std::string::npos);
  const auto events = response.events();
  ASSERT_EQ(events.size(), 8U); // role, five tokens, finish, [DONE]
  EXPECT_EQ(boost::json::parse(events.front()).at_pointer("/choices/0/delta/role"), "assistant");
  EXPECT_EQ(response.texts(), numbered_texts(5));
  EXPECT_EQ(boost::json::parse(events[6]).at_pointer("/choices/0/finish_reason"), "length");
  EXPECT_EQ(events.back(), "[DONE]");
}

TEST(reference_server, each_token_is_an_event_and_a_chunk_of_its_own) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(chat_path, chat_body);
  for (const std::string& chunk : user.read_response().chunks) EXPECT_EQ(test::decode_events(chunk).size(), 1U);
}

TEST(reference_server, without_role_chunk) {
  auto settings = quick();
  settings.role_chunk = false;
  const running_server server{settings};
  client user{server.port()};
  user.post(chat_path, chat_body);
  const auto response = user.read_response();
  EXPECT_EQ(response.events().size(), 7U);
  EXPECT_EQ(response.body.find("\"role\""), std::string::npos);
}

TEST(reference_server, completions_stream_has_text_and_no_role) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(completions_path, R"({"stream":true,"prompt":"x","model":"other"})");
  const auto response = user.read_response();
  EXPECT_EQ(response.events().size(), 7U);
  EXPECT_EQ(response.texts(), numbered_texts(5));
  EXPECT_EQ(boost::json::parse(response.events()[0]).at("model"), "other");
}

TEST(reference_server, several_tokens_in_a_chunk) {
  auto settings = quick();
  settings.tokens_per_chunk = 2;
  const running_server server{settings};
  client user{server.port()};
  user.post(chat_path, chat_body);
  EXPECT_EQ(user.read_response().texts(), (std::vector<std::string>{" 000000 000001", " 000002 000003", " 000004"}));
}

TEST(reference_server, usage_only_where_asked) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(chat_path, chat_body);
  EXPECT_EQ(user.read_response().body.find("usage"), std::string::npos);
  user.post(chat_path, R"({"stream":true,"stream_options":{"include_usage":true},"max_tokens":2,
                           "messages":[{"role":"user","content":"a b c"}]})");
  const auto events = user.read_response().events();
  EXPECT_EQ(boost::json::parse(events.at(events.size() - 2)).at("usage"),
            boost::json::parse(R"({"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})"));
}

TEST(reference_server, whole_answer_when_not_streamed) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(completions_path, R"({"prompt":"a b","max_tokens":3})");
  const auto response = user.read_response();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.json().at_pointer("/choices/0/text"), " 000000 000001 000002");
  EXPECT_EQ(response.json().at_pointer("/usage/total_tokens"), 5);
}

TEST(reference_server, distinct_answers_tell_what_was_asked) {
  auto settings = quick();
  settings.distinct_answers = true;
  const running_server server{settings};
  client user{server.port()};
  const auto answer_to = [&user](std::string_view messages, std::string_view further) {
    user.post(chat_path, fmt::format(R"({{"messages":{},"max_tokens":3{}}})", messages, further));
    const auto response = user.read_response();
    if (response.head.find("event-stream") != std::string::npos)
      return fmt::format("{}", fmt::join(response.texts(), ""));
    return std::string{response.json().at_pointer("/choices/0/message/content").as_string()};
  };
  const std::string one = answer_to(R"([{"role":"user","content":"a"}])", "");
  EXPECT_EQ(one.size(), 21U);
  EXPECT_EQ(answer_to(R"([ {"role":"user", "content":"a"}])", R"(,"stream":true,"model":"x")"), one);
  EXPECT_NE(answer_to(R"([{"role":"user","content":"b"}])", ""), one);
  EXPECT_NE(answer_to(R"([{"role":"system","content":"a"}])", ""), one);
}

TEST(reference_server, a_transcript_has_every_body_and_its_answer) {
  const test::temporary_file file;
  auto settings = quick();
  settings.transcript = file.path();
  running_server server{settings};
  const std::string body =
      "{ \"messages\":[{\"role\":\"user\",\"content\":\"\u65e5 \\\"\\n\"}],\n\"max_tokens\":2,\"stream\":true}";
  {
    client user{server.port()};
    user.post(chat_path, body);
    (void)user.read_response();
    user.post(completions_path, R"({"prompt":"a b"})");
    (void)user.read_response();
    user.post(chat_path, "{refused");
    (void)user.read_response();
  }
  server.stop();
  std::ifstream lines{file.path()};
  std::string first, second, third;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, third));
  EXPECT_EQ(boost::json::parse(first), (boost::json::value{{"id", 0},
                                                           {"path", "/v1/chat/completions"},
                                                           {"body", body},
                                                           {"answer", " 000000 000001"},
                                                           {"ended", "done"}}));
  EXPECT_EQ(boost::json::parse(second).at("answer"), " 000000 000001 000002 000003 000004");
}

TEST(reference_server, a_transcript_that_cannot_be_written_is_refused) {
  auto settings = quick();
  settings.transcript = "/nonexistent/transcript";
  const auto made = reference_server::create(settings);
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().code, errc::io);
  EXPECT_TRUE(made.error().message.starts_with("cannot create the transcript /nonexistent/transcript: "))
      << made.error().message;
}

TEST(reference_server, pages) {
  const running_server server{quick()};
  client user{server.port()};
  EXPECT_EQ(user.get_page("/health").json(), boost::json::parse(R"({"status":"ok"})"));
  EXPECT_EQ(user.get_page("/v1/models?x").json().at_pointer("/data/0/id"), "reference");
  user.post(chat_path, chat_body);
  EXPECT_EQ(user.read_response().status, 200);
  const auto metrics = user.get_page("/metrics");
  EXPECT_NE(metrics.head.find("text/plain; version=0.0.4"), std::string::npos);
  EXPECT_NE(metrics.body.find("\nloadgen_serve_tokens_total 5\n"), std::string::npos);
  EXPECT_NE(metrics.body.find("\nloadgen_serve_requests_ended_total{ended=\"done\"} 1\n"), std::string::npos);
}

TEST(reference_server, errors_leave_the_connection_usable) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(chat_path, "{broken");
  const auto broken = user.read_response();
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.json().at_pointer("/error/type"), "invalid_request_error");
  user.post(chat_path, R"({"messages":[],"max_tokens":0})");
  EXPECT_EQ(user.read_response().status, 400);
  EXPECT_EQ(user.get_page("/nowhere").status, 404);
  const auto wrong_method = user.get_page(chat_path);
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_NE(wrong_method.head.find("Allow: POST\r\n"), std::string::npos);
  user.post("/health", "");
  EXPECT_EQ(user.read_response().status, 405);
  user.send("BREW /health HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(user.read_response().status, 405);
  EXPECT_EQ(user.get_page("/health").status, 200);
}

TEST(reference_server, too_large_and_malformed_requests_end_the_connection) {
  const running_server server{quick()};
  client large{server.port()};
  large.send("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nbeginning");
  EXPECT_EQ(large.read_response().status, 413);
  EXPECT_TRUE(large.at_end());
  client malformed{server.port()};
  malformed.send("what is this\r\n\r\n");
  EXPECT_EQ(malformed.read_response().status, 400);
  EXPECT_TRUE(malformed.at_end());
}

TEST(reference_server, client_that_waits_to_be_told_to_continue) {
  const running_server server{quick()};
  client user{server.port()};
  user.send("POST /v1/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n");
  EXPECT_EQ(user.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  user.send(R"({"prompt":"a"})");
  EXPECT_EQ(user.read_response().status, 200);
}

TEST(reference_server, connection_close_is_honoured) {
  const running_server server{quick()};
  client user{server.port()};
  user.post(chat_path, chat_body, "Connection: close\r\n");
  const auto response = user.read_response();
  EXPECT_NE(response.head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(response.events().back(), "[DONE]");
  EXPECT_TRUE(user.at_end());
}

TEST(reference_server, http_1_0_stream_ends_with_the_connection) {
  const running_server server{quick()};
  client user{server.port()};
  user.send(fmt::format("POST {} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{}", chat_path, chat_body.size(), chat_body));
  const auto response = user.read_response();
  EXPECT_TRUE(response.chunks.empty());
  EXPECT_EQ(response.texts(), numbered_texts(5));
  EXPECT_EQ(response.events().back(), "[DONE]");
}

TEST(reference_server, pipelined_requests_are_served_in_order) {
  const test::temporary_file truth;
  auto settings = quick();
  settings.truth = truth.path();
  running_server server{settings};
  client user{server.port()};
  const std::string_view two = R"({"prompt":"x","stream":true,"max_tokens":2})";
  const std::string_view three = R"({"prompt":"x","max_tokens":3})";
  user.send(fmt::format("POST {0} HTTP/1.1\r\nContent-Length: {1}\r\n\r\n{2}"
                        "GET /health HTTP/1.1\r\n\r\n"
                        "POST {0} HTTP/1.1\r\nContent-Length: {3}\r\n\r\n{4}",
                        completions_path, two.size(), two, three.size(), three));
  EXPECT_EQ(user.read_response().texts().size(), 2U);
  EXPECT_EQ(user.read_response().body, R"({"status":"ok"})");
  EXPECT_EQ(user.read_response().json().at_pointer("/usage/completion_tokens"), 3);
  server.stop();
  const auto records = read_by_id(truth.path());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_GE(records[1].started, records[0].closed) << "the second one's schedule begins when the first one is out";
}

TEST(reference_server, request_split_into_single_bytes) {
  const running_server server{quick()};
  client user{server.port()};
  const std::string request =
      fmt::format("POST {} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{}", chat_path, chat_body.size(), chat_body);
  for (const char byte : request) user.send({&byte, 1});
  EXPECT_EQ(user.read_response().texts(), numbered_texts(5));
}

TEST(reference_server, slots_are_taken_in_order_of_arrival_and_freed_by_an_abort) {
  const test::temporary_file truth;
  auto settings = quick();
  settings.slots = 1;
  settings.truth = truth.path();
  running_server server{settings};
  client second{server.port()}, third{server.port()};
  {
    client first{server.port()};
    first.post(chat_path, endless_body);
    first.read_until("\" 000000\"");
    second.post(chat_path, chat_body);
    test::await_metric(server.port(), waiting, 1);
    third.post(chat_path, chat_body);
    test::await_metric(server.port(), waiting, 2);
    EXPECT_EQ(test::metric(server.port(), running), 1U);
  }
  EXPECT_EQ(second.read_response().texts(), numbered_texts(5));
  EXPECT_EQ(third.read_response().texts(), numbered_texts(5));
  test::await_metric(server.port(), running, 0);
  server.stop();

  const auto records = read_by_id(truth.path());
  ASSERT_EQ(records.size(), 3U);
  EXPECT_FALSE(records[0].done);
  ASSERT_FALSE(records[0].written.empty());
  EXPECT_FALSE(records[0].closed);
  EXPECT_GT(records[1].started, records[0].written.back());
  EXPECT_GT(records[1].started, records[1].received);
  EXPECT_TRUE(records[1].done);
  EXPECT_GE(records[2].started, records[1].closed);
  EXPECT_TRUE(records[2].done);
}

TEST(reference_server, client_that_leaves_while_waiting_for_a_slot) {
  const test::temporary_file truth;
  auto settings = quick();
  settings.slots = 1;
  settings.truth = truth.path();
  running_server server{settings};
  client first{server.port()};
  first.post(chat_path, endless_body);
  {
    client second{server.port()};
    second.post(chat_path, chat_body);
    test::await_metric(server.port(), waiting, 1);
  }
  test::await_metric(server.port(), waiting, 0);
  server.stop();
  const auto records = read_by_id(truth.path());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_FALSE(records[0].done) << "stopped in flight";
  EXPECT_FALSE(records[1].done);
  EXPECT_FALSE(records[1].started);
}

TEST(reference_server, truth_is_never_before_the_schedule) {
  for (const auto kind : {gap_distribution::constant, gap_distribution::exponential}) {
    const test::temporary_file truth;
    server_settings settings{.ttft = 5ms, .itl = 1ms, .itl_distribution = kind, .tokens = 20, .truth = truth.path()};
    running_server server{settings};
    const instant before = clock::now();
    client user{server.port()};
    for (int i = 0; i < 3; ++i) {
      user.post(chat_path, chat_body);
      EXPECT_EQ(user.read_response().texts(), numbered_texts(20));
    }
    const instant after = clock::now();
    server.stop();

    const auto records = read_by_id(truth.path());
    ASSERT_EQ(records.size(), 3U);
    for (const truth_record& record : records) {
      EXPECT_TRUE(record.kernel_stamp);
      EXPECT_GE(record.received, before);
      EXPECT_EQ(record.path, chat_path);
      EXPECT_EQ(record.body_sha256, sha256_hex(chat_body));
      EXPECT_GE(record.started, record.received);
      EXPECT_GE(record.head, record.started);
      ASSERT_EQ(record.written.size(), 20U);
      EXPECT_TRUE(std::is_sorted(record.written.begin(), record.written.end()));
      EXPECT_GE(record.written.front(), record.head);
      EXPECT_GE(record.closed, record.written.back());
      EXPECT_LE(record.closed, after);
      stream_schedule schedule{settings, record.id, *record.started};
      for (const instant written : record.written) {
        EXPECT_GE(written, schedule.due());
        schedule.advance();
      }
    }
  }
}

TEST(reference_server, whole_answer_is_written_when_its_last_token_is_due) {
  const test::temporary_file truth;
  server_settings settings{.ttft = 5ms, .itl = 1ms, .truth = truth.path(), .truth_body_hash = false};
  running_server server{settings};
  client user{server.port()};
  user.post(completions_path, R"({"prompt":"a","max_tokens":11})");
  EXPECT_EQ(user.read_response().status, 200);
  server.stop();
  const auto record = read_by_id(truth.path()).at(0);
  EXPECT_EQ(record.body_sha256, "");
  EXPECT_FALSE(record.stream);
  ASSERT_EQ(record.written.size(), 1U);
  EXPECT_GE(record.written[0], *record.started + 15ms);
  EXPECT_TRUE(record.done);
}

TEST(reference_server, client_that_reads_late_gets_every_token_in_its_own_event) {
  constexpr std::uint32_t tokens = 50'000; // some 11 MB, more than the sockets' buffers hold
  const test::temporary_file truth;
  running_server server{{.ttft = 0ms, .itl = 0ms, .tokens = tokens, .truth = truth.path()}};
  client user{server.port(), 4096};
  user.post(completions_path, R"({"prompt":"a","stream":true})");
  // The count of written tokens stands still once nothing more fits.
  std::uint64_t before = 0, now = 0;
  do {
    before = now;
    now = test::metric(server.port(), "loadgen_serve_tokens_total");
  } while (now == 0 || now != before);
  EXPECT_LT(now, tokens);
  EXPECT_EQ(user.read_response().texts(), numbered_texts(tokens));
  server.stop();
  const auto record = read_by_id(truth.path()).at(0);
  ASSERT_EQ(record.written.size(), tokens);
  EXPECT_TRUE(std::is_sorted(record.written.begin(), record.written.end()));
  EXPECT_TRUE(record.done);
}

TEST(reference_server, many_streams_at_once) {
  const running_server server{quick()};
  std::vector<std::unique_ptr<client>> users;
  for (int i = 0; i < 200; ++i) users.push_back(std::make_unique<client>(server.port()));
  for (const auto& user : users) user->post(chat_path, chat_body);
  for (const auto& user : users) EXPECT_EQ(user->read_response().texts(), numbered_texts(5));
}

TEST(reference_server, stop_before_run_and_from_another_thread) {
  auto server = reference_server::create({.port = 0});
  ASSERT_TRUE(server);
  EXPECT_NE(server->port(), 0);
  std::thread{[&] { server->stop(); }}.join();
  EXPECT_TRUE(server->run());
}

TEST(reference_server, what_it_cannot_be_made_of) {
  EXPECT_EQ(reference_server::create({.port = 0, .tokens = 0}).error().code, errc::invalid_input);
  EXPECT_EQ(reference_server::create({.bind = "not an address", .port = 0}).error().code, errc::invalid_input);
  EXPECT_EQ(reference_server::create({.port = 0, .truth = "/nonexistent/truth"}).error().code, errc::io);
  const running_server taken{quick()};
  EXPECT_EQ(reference_server::create({.port = taken.port()}).error().code, errc::resource_limit);
}

TEST(reference_server, truth_that_cannot_be_written_is_told) {
  auto server = reference_server::create({.port = 0, .ttft = 0ms, .itl = 0ms, .truth = "/dev/full"});
  ASSERT_TRUE(server);
  result<void> ended;
  std::thread thread{[&] { ended = server->run(); }};
  {
    client user{server->port()};
    user.post(chat_path, chat_body);
    EXPECT_EQ(user.read_response().status, 200);
  }
  server->stop();
  thread.join();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, errc::io);
}

} // namespace
} // namespace loadgen::serve
