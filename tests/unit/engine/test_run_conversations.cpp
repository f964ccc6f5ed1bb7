#include "base/sha256.hpp"
#include "engine_fixture.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <set>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::cause;
using metrics::outcome;
using metrics::request_record;

constexpr std::string_view awkward = "\"q\\ \n\té日😀</s>";

/// One request as the server had it, and what it answered.
struct served {
  std::string head, body, answer;
  boost::json::array messages;
};

std::string text_of(const boost::json::value& message) {
  return std::string{message.at("content").as_string()};
}

/// Answers each request with a text of its own, in several events, and keeps all that was said.
class talking_server {
public:
  /// What goes wrong with a request, by its messages: the script's own answer was sent where it is true.
  using accident = std::function<bool(scripted_connection&, const boost::json::array& messages)>;

  explicit talking_server(accident wrong = {})
      : wrong_(std::move(wrong)),
        server_{[this](scripted_connection& client, int) {
          while (client.read_request()) answer(client);
        }} {}

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

  [[nodiscard]] std::vector<served> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

private:
  void answer(scripted_connection& client) {
    served next{client.head(), client.body(), {}, boost::json::parse(client.body()).at("messages").as_array()};
    next.answer = fmt::format("{} to {} of {}", awkward, next.messages.size(), text_of(next.messages.front()));
    const bool went_wrong = wrong_ && wrong_(client, next.messages);
    if (went_wrong) next.answer.clear();
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(next);
    }
    if (went_wrong) return;
    client.send(stream_head());
    for (std::size_t at = 0; at < next.answer.size();) { // cut between characters
      std::size_t size = 1;
      while (at + size < next.answer.size() && (static_cast<unsigned char>(next.answer[at + size]) & 0xC0U) == 0x80U)
        ++size;
      client.send(token_chunk(escaped(next.answer.substr(at, size))));
      at += size;
    }
    client.send(stream_tail());
  }

  static std::string escaped(std::string_view text) {
    const std::string quoted = boost::json::serialize(boost::json::string_view{text});
    return quoted.substr(1, quoted.size() - 2);
  }

  accident wrong_;
  mutable std::mutex mutex_;
  std::vector<served> requests_;
  scripted_server server_;
};

/// Conversations of so many turns each, whose first texts tell them apart.
workload::dataset talks(std::uint32_t lines, std::uint32_t turns, std::optional<duration> think_time = {}) {
  workload::dataset made{"talks", "", {}};
  made.has_conversations = true;
  for (std::uint32_t line = 0; line < lines; ++line) {
    workload::dataset_entry entry;
    entry.line = line + 1;
    for (std::uint32_t turn = 0; turn < turns; ++turn) {
      workload::conversation_turn said;
      said.user = fmt::format("talk {} says {} {}", line, turn, awkward);
      said.assistant = fmt::format("script {} {} {}", line, turn, awkward);
      if (turn > 0) said.think_time = think_time;
      entry.turns.push_back(said);
    }
    made.entries.push_back(entry);
  }
  return made;
}

workload::level_settings requests(std::uint64_t count) {
  workload::level_settings level;
  level.requests = count;
  return level;
}

class conversation_run : public engine_fixture {
protected:
  workload::plan plan_of_talks(workload::dataset lines, workload::level_settings level, level_load load) {
    request.model = "m";
    request.max_tokens = 64;
    settings.loads = {load};
    auto made = workload::plan::make(std::move(lines), request, {std::move(level)});
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return *std::move(made);
  }

  workload::request_settings request;
};

/// Each request that is not a conversation's first has the messages of the one before, the server's answer to it, and
/// what the user says next.
void expect_own_replies(const std::vector<served>& all, std::uint32_t turns) {
  std::map<std::string, std::vector<served>> by_conversation; // in order of arrival
  for (const served& each : all) by_conversation[text_of(each.messages.front())].push_back(each);
  for (const auto& [first, requests] : by_conversation) {
    ASSERT_EQ(requests.size(), turns) << first;
    for (std::uint32_t turn = 0; turn < turns; ++turn) {
      const boost::json::array& messages = requests[turn].messages;
      ASSERT_EQ(messages.size(), 2 * turn + 1);
      if (turn == 0) continue;
      const served& before = requests[turn - 1];
      EXPECT_TRUE(std::equal(before.messages.begin(), before.messages.end(), messages.begin()));
      EXPECT_EQ(messages[2 * turn - 1].at("role"), "assistant");
      EXPECT_EQ(text_of(messages[2 * turn - 1]), before.answer);
      EXPECT_EQ(messages[2 * turn].at("role"), "user");
      EXPECT_EQ(text_of(messages[2 * turn]).find(first.substr(0, first.find(" says"))), 0U);
    }
  }
}

class conversations_by_workers : public conversation_run, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(conversations_by_workers, each_turn_goes_on_with_the_servers_own_replies) {
  talking_server server;
  send_to(server.port());
  settings.threads = GetParam();
  const workload::plan plan = plan_of_talks(talks(12, 4), requests(48), {.concurrency = 5});
  const metrics::recorded_run recorded = run(plan);
  const auto served_requests = server.requests();
  ASSERT_EQ(served_requests.size(), 48U);
  expect_own_replies(served_requests, 4);

  const auto& records = recorded.levels.at(0).requests;
  ASSERT_EQ(records.size(), 48U);
  EXPECT_EQ(recorded.levels[0].info.planned_conversations, 12U);
  for (std::uint64_t i = 0; i < 48; ++i) {
    const request_record& record = records[i];
    EXPECT_EQ(record.index, i);
    EXPECT_EQ(record.conversation, (metrics::conversation_place{i / 4, static_cast<std::uint32_t>(i % 4 + 1), 4}));
    EXPECT_EQ(record.dataset_line, i / 4);
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    EXPECT_EQ(record.planned.has_value(), i % 4 > 0);
    if (i % 4 == 0) continue;
    EXPECT_EQ(record.worker, records[i - 1].worker);
    EXPECT_EQ(*record.planned, *records[i - 1].done);
    EXPECT_GE(*record.released, *record.planned);
  }
}

TEST_P(conversations_by_workers, what_went_out_is_hashed_in_the_order_of_the_plan) {
  talking_server server;
  send_to(server.port());
  settings.threads = GetParam();
  settings.client.api_key = "secret";
  const workload::plan plan = plan_of_talks(talks(6, 3), requests(17), {.concurrency = 4});
  const metrics::recorded_run recorded = run(plan);
  // The same from what the server had, in the order of conversations and turns, which their texts tell.
  std::map<std::pair<std::string, std::size_t>, std::string> digests;
  for (served each : server.requests()) {
    const std::size_t key = each.head.find("Bearer secret");
    ASSERT_NE(key, std::string::npos);
    each.head.replace(key, 13, "Bearer (hidden)");
    digests[{text_of(each.messages.front()), each.messages.size()}] = sha256_hex(each.head + each.body);
  }
  ASSERT_EQ(digests.size(), 17U);
  std::string joined;
  for (const auto& [place, digest] : digests) joined += digest;
  EXPECT_EQ(recorded.end->manifest.at("workload").at("wire_sha256").as_string(), sha256_hex(joined).c_str());
}

INSTANTIATE_TEST_SUITE_P(threads, conversations_by_workers, testing::Values(1U, 3U));

TEST_F(conversation_run, scripted_replies_are_sent_whatever_the_server_answers) {
  talking_server server;
  send_to(server.port());
  request.conversations.replies = workload::reply_source::scripted;
  const workload::plan plan = plan_of_talks(talks(3, 3), requests(9), {.concurrency = 3});
  (void)run(plan);
  std::set<std::string> planned, sent;
  for (std::uint64_t i = 0; i < 9; ++i) planned.insert(plan.at(0, i).body);
  for (const served& each : server.requests()) sent.insert(each.body);
  EXPECT_EQ(sent, planned);
}

TEST_F(conversation_run, a_failed_turn_ends_its_conversation_and_the_others_go_on) {
  talking_server server{[](scripted_connection& client, const boost::json::array& messages) {
    const bool fails = messages.size() == 3 && text_of(messages.front()).starts_with("talk 1 ");
    if (fails) client.send("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
    return fails;
  }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of_talks(talks(4, 5), requests(20), {.concurrency = 2}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  EXPECT_EQ(level.requests.size(), 17U); // two of conversation 1
  EXPECT_EQ(level.end->dropped_conversation, 3U);
  EXPECT_EQ(level.end->dropped_not_reached, 0U);
  EXPECT_EQ(level.end->dropped_cap, 0U);
  EXPECT_TRUE(recorded.complete());
  for (const request_record& record : level.requests)
    EXPECT_EQ(record.end == outcome::failed, record.index == 6) << record.index;
}

TEST_F(conversation_run, a_further_attempt_forgets_what_the_first_one_said) {
  std::atomic<int> cut{0};
  talking_server server{[&cut](scripted_connection& client, const boost::json::array& messages) {
    if (messages.size() != 3 || cut++ > 0) return false;
    client.send(stream_head() + token_chunk("never said"));
    client.reset();
    return true;
  }};
  send_to(server.port());
  settings.client.retries = 1;
  const metrics::recorded_run recorded = run(plan_of_talks(talks(1, 3), requests(3), {.concurrency = 1}));
  const auto all = server.requests();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(text_of(all[3].messages[3]), all[2].answer);
  EXPECT_EQ(recorded.levels[0].requests.at(1).retries, 1U);
}

TEST_F(conversation_run, a_later_turn_is_due_when_its_think_time_after_the_reply_is_over) {
  talking_server server;
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of_talks(talks(4, 3, 30ms), requests(12), {.concurrency = 4}));
  const auto& records = recorded.levels.at(0).requests;
  ASSERT_EQ(records.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    if (i % 3 == 0) continue;
    EXPECT_EQ(*records[i].planned, *records[i - 1].done + 30ms);
    EXPECT_GE(*records[i].released, *records[i].planned);
    EXPECT_GE(*records[i].sent, *records[i].planned);
  }
}

TEST_F(conversation_run, an_open_loop_begins_conversations_when_they_are_due) {
  talking_server server;
  send_to(server.port());
  workload::level_settings level = requests(11);
  level.offsets = {0ms, 10ms, 20ms, 30ms};
  const metrics::recorded_run recorded = run(plan_of_talks(talks(4, 3, 50ms), level, {.rate = 100}));
  const auto& records = recorded.levels.at(0).requests;
  ASSERT_EQ(records.size(), 11U);
  for (std::size_t i = 0; i < 11; ++i) {
    if (i % 3 == 0)
      EXPECT_EQ(*records[i].planned, *records[0].planned + 10ms * static_cast<std::int64_t>(i / 3));
    else
      EXPECT_EQ(*records[i].planned, *records[i - 1].done + 50ms);
    EXPECT_GE(*records[i].released, *records[i].planned);
  }
  EXPECT_EQ(records.back().conversation->turns, 2U); // the requests end there
  EXPECT_EQ(recorded.levels[0].info.planned_conversations, 4U);
}

TEST_F(conversation_run, the_cap_of_an_open_loop_holds_conversations) {
  talking_server server;
  send_to(server.port());
  workload::level_settings level = requests(9);
  level.offsets = {0ms, 1ms, 2ms};
  const metrics::recorded_run waiting =
      run(plan_of_talks(talks(3, 3, 20ms), level, {.rate = 1000, .max_concurrency = 1}));
  const auto& records = waiting.levels.at(0).requests;
  ASSERT_EQ(records.size(), 9U);
  for (const std::size_t i : {3U, 6U}) {
    EXPECT_GE(*records[i].released, *records[i - 1].done);
    EXPECT_GT(records[i].cap_wait, 0ms);
  }
  EXPECT_EQ(records[1].cap_wait, 0ms);
  const metrics::recorded_run dropping =
      run(plan_of_talks(talks(3, 3, 200ms), level, {.rate = 1000, .max_concurrency = 1, .on_cap = cap_policy::drop}));
  EXPECT_EQ(dropping.levels.at(0).requests.size(), 3U);
  EXPECT_EQ(dropping.levels[0].end->dropped_cap, 6U);
  EXPECT_EQ(dropping.levels[0].end->dropped_not_reached, 0U);
}

TEST_F(conversation_run, the_end_of_its_time_ends_conversations_that_think) {
  talking_server server;
  send_to(server.port());
  workload::level_settings level;
  level.time = 150ms;
  const workload::plan plan = plan_of_talks(talks(2, 3, 1h), level, {.concurrency = 2});
  const instant began = clock::now();
  const metrics::recorded_run recorded = run(plan);
  EXPECT_LT(clock::now() - began, 1min);
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 2U); // no other users come in their place
  EXPECT_EQ(recorded.levels.at(0).end->dropped_conversation, 0U);
  for (const request_record& record : recorded.levels[0].requests) EXPECT_EQ(record.conversation->turn, 1U);
  // Those that were begun count with all their turns.
  const auto begun = recorded.levels[0].requests.size();
  EXPECT_EQ(recorded.end->manifest.at("workload").at("sha256").as_string(), plan.sha256({begun}).c_str());
}

TEST_F(conversation_run, an_interrupt_ends_conversations_that_think) {
  talking_server server{[](scripted_connection&, const boost::json::array& messages) {
    if (messages.size() == 1) kill(getpid(), SIGINT);
    return false;
  }};
  send_to(server.port());
  settings.handle_signals = true;
  const metrics::recorded_run recorded = run(plan_of_talks(talks(1, 4, 1h), requests(4), {.concurrency = 1}));
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 1U);
  EXPECT_EQ(recorded.levels[0].end->dropped_not_reached, 3U);
  EXPECT_EQ(recorded.levels[0].end->dropped_conversation, 0U);
  EXPECT_FALSE(recorded.complete());
}

TEST_F(conversation_run, the_warm_up_holds_conversations_of_its_own_and_ends_with_its_requests) {
  talking_server server;
  send_to(server.port());
  settings.warmup.requests = 4;
  request.salt = workload::prompt_salt::level;
  const metrics::recorded_run recorded = run(plan_of_talks(talks(2, 3), requests(6), {.concurrency = 2}));
  const auto& records = recorded.levels.at(0).requests;
  ASSERT_EQ(records.size(), 10U);
  EXPECT_TRUE(records[3].warmup);
  EXPECT_EQ(records[3].conversation, (metrics::conversation_place{1, 1, 1}));
  EXPECT_FALSE(records[4].warmup);
  std::set<std::string> first_texts;
  for (const served& each : server.requests()) first_texts.insert(text_of(each.messages.front()));
  EXPECT_EQ(first_texts.size(), 4U); // by the salt, which stays the same through each
}

TEST_F(conversation_run, all_turns_of_a_conversation_go_to_one_server) {
  talking_server one, two;
  for (const std::uint16_t port : {one.port(), two.port()})
    settings.client.targets.push_back(parse_target("http://127.0.0.1:" + std::to_string(port)).value());
  (void)run(plan_of_talks(talks(6, 3), requests(18), {.concurrency = 3}));
  expect_own_replies(one.requests(), 3);
  expect_own_replies(two.requests(), 3);
  EXPECT_EQ(one.requests().size(), 9U);
}

} // namespace
} // namespace loadgen::engine::test
