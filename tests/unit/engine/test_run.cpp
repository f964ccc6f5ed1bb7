#include "base/sha256.hpp"
#include "engine_fixture.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::outcome;
using metrics::request_record;

TEST_F(engine_fixture, every_planned_request_is_issued_once_and_recorded_in_plan_order) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of({{1, 5}, {4, 30}}));
  ASSERT_EQ(recorded.levels.size(), 2U);
  EXPECT_TRUE(recorded.complete());
  EXPECT_EQ(recorded.levels[0].requests.size(), 5U);
  ASSERT_EQ(recorded.levels[1].requests.size(), 30U);
  for (std::uint64_t i = 0; i < 30; ++i) {
    const request_record& record = recorded.levels[1].requests[i];
    EXPECT_EQ(record.index, i);
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    EXPECT_EQ(record.chunks.size(), 3U);
    EXPECT_FALSE(record.warmup);
  }
}

TEST_F(engine_fixture, no_more_than_the_concurrency_are_in_flight_and_connections_are_reused) {
  std::atomic<int> in_flight{0};
  std::atomic<int> most{0};
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) {
      const int now = ++in_flight;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      client.pause(2ms);
      --in_flight;
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  static_cast<void>(run(plan_of({{5, 60}})));
  EXPECT_EQ(most, 5);
  EXPECT_EQ(server.connections(), 5);
}

TEST_F(engine_fixture, warm_up_requests_are_sent_first_and_kept_apart) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.warmup.requests = 7;
  const metrics::recorded_run recorded = run(plan_of({{2, 10}}));
  const auto& requests = recorded.levels[0].requests;
  ASSERT_EQ(requests.size(), 17U);
  instant last_warmup = instant::min();
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_TRUE(requests[i].warmup);
    last_warmup = std::max(last_warmup, *requests[i].ended);
  }
  for (std::size_t i = 7; i < 17; ++i) {
    EXPECT_FALSE(requests[i].warmup);
    EXPECT_GE(*requests[i].released, last_warmup);
  }
  EXPECT_GE(recorded.levels[0].end->measured_from, last_warmup);
}

TEST_F(engine_fixture, a_timed_warm_up_ends_when_its_time_is_over) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.warmup.time = 60ms;
  const metrics::recorded_run recorded = run(plan_of({{2, 4}}));
  std::size_t warm = 0;
  for (const request_record& record : recorded.levels[0].requests) warm += record.warmup ? 1 : 0;
  EXPECT_GE(warm, 2U);
  EXPECT_EQ(recorded.levels[0].requests.size(), warm + 4);
  EXPECT_GE(recorded.levels[0].end->measured_from - recorded.levels[0].info.begin, 60ms);
}

TEST_F(engine_fixture, the_same_seed_sends_the_same_bytes_and_gives_the_same_hashes) {
  std::mutex mutex;
  std::multiset<std::string> bodies;
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) {
      {
        const std::lock_guard lock{mutex};
        bodies.insert(client.head() + client.body());
      }
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  const auto once = [&](std::uint64_t seed) {
    bodies.clear();
    const workload::plan plan = plan_of({{3, 20}, {2, 20}}, seed);
    const metrics::recorded_run recorded = run(plan);
    const auto wire = recorded.end->manifest.at("workload").at("wire_sha256").as_string();
    return std::tuple{bodies, plan.sha256(), std::string{wire}};
  };
  const auto first = once(1);
  EXPECT_EQ(first, once(1));
  const auto other = once(2);
  EXPECT_NE(std::get<0>(first), std::get<0>(other));
  EXPECT_NE(std::get<1>(first), std::get<1>(other));
  EXPECT_NE(std::get<2>(first), std::get<2>(other));
}

TEST_F(engine_fixture, workers_share_the_plan_and_change_nothing_of_it) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  const auto with_threads = [&](std::uint32_t threads) {
    settings.threads = threads;
    return run(plan_of({{8, 60}}));
  };
  const metrics::recorded_run one = with_threads(1);
  const metrics::recorded_run three = with_threads(3);
  EXPECT_EQ(one.end->manifest.at("workload"), three.end->manifest.at("workload"));
  ASSERT_EQ(three.levels[0].requests.size(), 60U);
  std::set<std::uint16_t> workers;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const request_record& record = three.levels[0].requests[i];
    EXPECT_EQ(record.index, i);
    EXPECT_EQ(record.end, outcome::completed);
    EXPECT_EQ(record.dataset_line, one.levels[0].requests[i].dataset_line);
    EXPECT_EQ(record.bytes_sent, one.levels[0].requests[i].bytes_sent);
    workers.insert(record.worker);
  }
  EXPECT_EQ(workers.size(), 3U);
  EXPECT_EQ(three.levels[0].end->workers.size(), 3U);
  EXPECT_TRUE(three.complete());
}

TEST_F(engine_fixture, what_tcp_knows_of_the_connections_is_told_at_the_end_of_the_level) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of({{2, 10}}));
  const metrics::level_end& end = *recorded.levels[0].end;
  ASSERT_TRUE(end.tcp_min_rtt.has_value());
  EXPECT_GT(*end.tcp_min_rtt, 0ns);
  EXPECT_LT(*end.tcp_min_rtt, 1s);
  EXPECT_EQ(end.tcp_retransmits, 0U);
}

TEST_F(engine_fixture, more_workers_than_requests_at_once_leave_some_idle) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.threads = 4;
  const metrics::recorded_run recorded = run(plan_of({{2, 12}}));
  EXPECT_EQ(recorded.levels[0].requests.size(), 12U);
  EXPECT_LE(server.connections(), 2);
}

TEST_F(engine_fixture, the_wire_hash_is_that_of_the_bytes_the_server_got) {
  std::string bytes;
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) {
      bytes += client.head() + client.body();
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of({{1, 12}}));
  EXPECT_EQ(recorded.end->manifest.at("workload").at("wire_sha256").as_string(), sha256_hex(bytes));
}

TEST_F(engine_fixture, the_books_balance_when_most_requests_fail) {
  scripted_server server{[](scripted_connection& client, int number) {
    client.read_request();
    switch (number % 4) {
    case 0: return;
    case 1: return client.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
    case 2: return client.send(stream_head() + token_chunk("a"));
    default: client.send(stream_head() + token_chunk("a") + stream_tail()); answer_all(client);
    }
  }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of({{4, 40}}));
  std::array<int, 3> ended{};
  for (const request_record& record : recorded.levels[0].requests) {
    ++ended[static_cast<std::size_t>(record.end)];
    EXPECT_EQ(record.end == outcome::completed, record.why == metrics::cause::none);
  }
  EXPECT_EQ(ended[0] + ended[1], 40);
  EXPECT_GT(ended[0], 0);
  EXPECT_GT(ended[1], 0);
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, progress_is_told_while_it_runs) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.pause(5ms);
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  std::vector<progress> seen;
  settings.progress_interval = 10ms;
  settings.on_progress = [&](const progress& now) { seen.push_back(now); };
  static_cast<void>(run(plan_of({{1, 20}})));
  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen.back().planned, 20U);
  EXPECT_EQ(seen.back().levels, 1U);
  EXPECT_EQ(seen.back().concurrency, 1U);
  EXPECT_GE(seen.back().completed, seen.front().completed);
}

TEST_F(engine_fixture, settings_that_do_not_fit_are_refused_before_a_file_is_made) {
  send_to(1);
  const workload::plan plan = plan_of({{1, 1}});
  settings.loads.clear();
  EXPECT_EQ(engine::run(settings, plan, {}, folder_ / "none.bin").error().code, errc::invalid_input);
  settings.loads = {{.concurrency = 0}};
  EXPECT_EQ(engine::run(settings, plan, {}, folder_ / "none.bin").error().code, errc::invalid_input);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.bin"));
}

TEST_F(engine_fixture, more_connections_than_the_system_can_have_are_refused_with_the_way_out) {
  send_to(1);
  const workload::plan plan = plan_of({{4'000'000'000U, 1}});
  const auto refused = engine::run(settings, plan, {}, folder_ / "none.bin");
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, errc::resource_limit);
  EXPECT_NE(refused.error().message.find("ulimit -n"), std::string::npos);
}

TEST_F(engine_fixture, probe_tells_the_models_and_the_addresses) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 37\r\n\r\n{\"data\":[{\"id\":\"one\"},{\"id\":\"two\"}]}\n");
  }};
  send_to(server.port());
  const auto found = probe(settings.client, true);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->models, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(found->targets.at(0).addresses, (std::vector<std::string>{"127.0.0.1"}));
}

// A server on 127.0.0.1 alone: its port on 127.0.0.2 refuses.
TEST_F(engine_fixture, the_address_that_accepted_in_the_probe_is_the_first_from_then_on) {
  loadgen::test::scripted_server server{[](loadgen::test::scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.client.targets[0].addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.1"};
  const auto found = probe(settings.client, false);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  const std::vector<std::string> expected{"127.0.0.1", "127.0.0.2", "127.0.0.3"};
  EXPECT_EQ(found->targets[0].addresses, expected);
}

TEST_F(engine_fixture, the_models_are_asked_for_on_the_connection_that_had_to_be_opened) {
  loadgen::test::scripted_server server{[](loadgen::test::scripted_connection& client, int) {
    if (client.read_request()) client.send("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"data\":[{\"id\":\"m\"}]}");
  }};
  send_to(server.port());
  EXPECT_EQ(probe(settings.client, true)->models, std::vector<std::string>{"m"});
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(engine_fixture, requests_go_to_the_targets_in_turn) {
  loadgen::test::scripted_server one{[](loadgen::test::scripted_connection& client, int) { answer_all(client); }};
  loadgen::test::scripted_server other{[](loadgen::test::scripted_connection& client, int) { answer_all(client); }};
  send_to(one.port());
  settings.client.targets.push_back(
      parse_target("http://127.0.0.1:" + std::to_string(other.port()) + "/prefix").value());
  const auto recorded = run(plan_of({{2, 7}}));
  for (const metrics::request_record& request : recorded.levels.at(0).requests) {
    EXPECT_EQ(request.end, metrics::outcome::completed);
    EXPECT_EQ(request.target, request.index % 2);
  }
}

TEST_F(engine_fixture, probe_of_a_port_that_nobody_listens_on_is_unreachable) {
  send_to(unused_port());
  const auto found = probe(settings.client, false);
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, errc::unreachable);
  EXPECT_NE(found.error().message.find("refused"), std::string::npos);
}

} // namespace
} // namespace loadgen::engine::test
