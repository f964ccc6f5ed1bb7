// Conversations as the server had them.

#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <loadgen/serve/truth.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// Each of five words a turn, and told apart by the first.
std::string dataset_text(int conversations, int turns, std::string_view further = "") {
  std::string lines;
  for (int talk = 0; talk < conversations; ++talk) {
    lines += R"({"turns":[)";
    for (int turn = 0; turn < turns; ++turn)
      lines += fmt::format(R"({}{{"user":"talk-{} \"quoted\"\n turn {} 日😀","assistant":"script-{}-{}"{}}})",
                           turn > 0 ? "," : "", talk, turn, talk, turn, turn > 0 ? further : "");
    lines += "]}\n";
  }
  return lines;
}

struct exchange {
  json::array messages;
  std::string answer;
};

std::string content_of(const json::value& message) {
  return std::string{message.at("content").as_string()};
}

class conversation_run : public testing::Test {
protected:
  std::string write_dataset(const std::string& text) {
    const std::filesystem::path file = folder_.path() / "talks.jsonl";
    std::ofstream{file} << text;
    return file.string();
  }

  [[nodiscard]] std::filesystem::path transcript() const { return folder_.path() / "transcript.jsonl"; }

  [[nodiscard]] reference_server serve(std::vector<std::string> options = {}) const {
    options.insert(options.end(),
                   {"--ttft", "1ms", "--itl", "0ms", "--transcript", transcript().string(), "--distinct-answers"});
    return reference_server{options};
  }

  /// What the server was asked and answered, in the order of its answers' ends. Once it has stopped.
  [[nodiscard]] std::vector<exchange> exchanges() const {
    std::vector<exchange> all;
    std::ifstream lines{transcript()};
    for (std::string line; std::getline(lines, line);) {
      const json::value read = json::parse(line);
      const json::value body = json::parse(read.at("body").as_string());
      all.push_back({body.at("messages").as_array(), std::string{read.at("answer").as_string()}});
    }
    return all;
  }

  process_result run(const std::string& url, const temporary_folder& results, std::vector<std::string> options) {
    options.push_back("--quiet");
    return run_process(run_command(url, results, options));
  }

  temporary_folder folder_;
};

/// All of `turns` turns of a conversation, from what the server had of it.
void expect_whole(const std::vector<exchange>& of, std::size_t turns, bool scripted) {
  ASSERT_EQ(of.size(), turns);
  const std::string name = content_of(of[0].messages.at(0)).substr(0, content_of(of[0].messages.at(0)).find(' '));
  for (std::size_t turn = 0; turn < turns; ++turn) {
    const json::array& messages = of[turn].messages;
    ASSERT_EQ(messages.size(), 2 * turn + 1);
    EXPECT_EQ(content_of(messages[2 * turn]), fmt::format("{} \"quoted\"\n turn {} 日😀", name, turn));
    if (turn == 0) continue;
    EXPECT_TRUE(std::equal(of[turn - 1].messages.begin(), of[turn - 1].messages.end(), messages.begin()));
    EXPECT_EQ(messages[2 * turn - 1].at("role"), "assistant");
    const std::string expected =
        scripted ? fmt::format("script-{}-{}", name.substr(name.find('-') + 1), turn - 1) : of[turn - 1].answer;
    EXPECT_EQ(content_of(messages[2 * turn - 1]), expected);
  }
}

void expect_whole_conversations(const std::vector<exchange>& all, std::size_t conversations, std::size_t turns,
                                bool scripted = false) {
  std::map<std::string, std::vector<exchange>> by_first;
  for (const exchange& each : all) by_first[content_of(each.messages.at(0))].push_back(each);
  EXPECT_EQ(by_first.size(), conversations);
  for (const auto& [first, requests] : by_first) expect_whole(requests, turns, scripted);
}

TEST_F(conversation_run, every_turn_has_what_was_said_before_it_and_nothing_else) {
  reference_server server = serve();
  const temporary_folder results;
  const auto ended = run(server.url(), results,
                         {"--dataset", write_dataset(dataset_text(10, 3)), "--concurrency", "4", "--threads", "2",
                          "--conversations", "10", "--max-tokens", "4"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  (void)server.stop();
  expect_whole_conversations(exchanges(), 10, 3);

  const json::value level = summary_of(run_folder_in(results)).at("levels").at(0);
  EXPECT_EQ(level.at_pointer("/requests/planned"), 30);
  EXPECT_EQ(level.at_pointer("/turns/conversations"),
            (json::value{{"planned", 10}, {"begun", 10}, {"completed", 10}, {"failed", 0}, {"cut_off", 0}}));
  // The server counts words: five of each turn, four of each reply.
  for (int turn = 0; turn < 3; ++turn) {
    const json::value& of_turn = level.at_pointer(fmt::format("/turns/by_turn/{}", turn));
    EXPECT_EQ(of_turn.at("completed"), 10);
    for (const char* figure : {"min", "max"})
      EXPECT_EQ(of_turn.at("input_tokens").at(figure).to_number<double>(), 5 + 9 * turn);
    EXPECT_EQ(of_turn.at("output_tokens").at("p50").to_number<double>(), 4);
  }
  const std::string rows = text_of(run_folder_in(results) / "summary/turns.csv");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 4);
}

TEST_F(conversation_run, whole_answers_are_sent_back_too) {
  reference_server server = serve();
  const temporary_folder results;
  const auto ended = run(server.url(), results,
                         {"--dataset", write_dataset(dataset_text(4, 3)), "--concurrency", "2", "--conversations", "4",
                          "--no-stream", "--max-tokens", "5"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  (void)server.stop();
  expect_whole_conversations(exchanges(), 4, 3);
}

TEST_F(conversation_run, scripted_replies_take_the_place_of_the_servers) {
  reference_server server = serve();
  const temporary_folder results;
  const auto ended = run(server.url(), results,
                         {"--dataset", write_dataset(dataset_text(6, 3)), "--concurrency", "3", "--conversations", "6",
                          "--conversation-reply", "scripted"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  (void)server.stop();
  expect_whole_conversations(exchanges(), 6, 3, true);
}

TEST_F(conversation_run, any_number_of_workers_sends_the_same) {
  std::vector<json::value> workloads;
  const std::string dataset = write_dataset(dataset_text(7, 3));
  for (const char* threads : {"1", "2"}) {
    reference_server server = serve();
    const temporary_folder results;
    const auto ended = run(server.url(), results,
                           {"--dataset", dataset, "--concurrency", "3", "--threads", threads, "--requests", "20",
                            "--think-time", "exponential(2ms)", "--max-tokens", "3", "--prompt-salt", "level"});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    (void)server.stop();
    EXPECT_EQ(exchanges().size(), 20U);
    workloads.push_back(summary_of(run_folder_in(results)).at("workload"));
    workloads.back().as_object().erase("wire_sha256"); // the port is in it
  }
  EXPECT_EQ(workloads[0], workloads[1]);
  EXPECT_TRUE(workloads[0].at("sha256").is_string());
  EXPECT_EQ(workloads[0].at("conversations"), (json::value{{"replies", "server"}}));
}

TEST_F(conversation_run, the_server_sees_the_think_times) {
  reference_server server = serve();
  const temporary_folder results;
  const auto ended = run(server.url(), results,
                         {"--dataset", write_dataset(dataset_text(3, 3, R"(,"think_time_s":0.08)")), "--concurrency",
                          "3", "--conversations", "3", "--max-tokens", "2"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto truth = serve::read_truth(server.stop()).value();
  ASSERT_EQ(truth.size(), 9U);
  // Each line of the transcript is of the truth's line at its place.
  std::map<std::string, instant> answered;
  const auto all = exchanges();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const std::string talk = content_of(all[i].messages.at(0));
    const auto before = answered.find(talk);
    if (before != answered.end()) {
      EXPECT_GE(truth[i].received - before->second, 80ms);
    }
    answered[talk] = *truth[i].closed;
  }
  const json::value level = summary_of(run_folder_in(results)).at("levels").at(0);
  EXPECT_GE(level.at_pointer("/turns/conversation_duration_s/min").to_number<double>(), 0.16);
}

TEST_F(conversation_run, what_follows_a_failed_turn_is_counted_as_dropped_for_it) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      const json::array messages = json::parse(client.body()).at("messages").as_array();
      const bool fails = messages.size() == 3 && content_of(messages[0]).starts_with("talk-1 ");
      client.send(fails ? "HTTP/1.1 503 Full\r\nContent-Length: 0\r\n\r\n"
                        : stream_head() + token_chunk("a") + token_chunk("b") + stream_tail());
    }
  }};
  const temporary_folder results;
  const auto ended = run(
      fmt::format("http://127.0.0.1:{}", server.port()), results,
      {"--dataset", write_dataset(dataset_text(4, 4)), "--concurrency", "2", "--conversations", "4", "--model", "m"});
  EXPECT_EQ(ended.exit_code, 1) << ended.err;
  const json::value level = summary_of(run_folder_in(results)).at("levels").at(0);
  const json::value& counts = level.at("requests");
  EXPECT_EQ(counts.at("planned"), 16);
  EXPECT_EQ(counts.at("issued"), 14);
  EXPECT_EQ(counts.at("failed"), 1);
  EXPECT_EQ(counts.at("dropped"), 2);
  EXPECT_EQ(counts.at("dropped_by"), (json::value{{"cap", 0}, {"conversation", 2}, {"not_reached", 0}}));
  EXPECT_TRUE(level.at("complete").as_bool());
  EXPECT_EQ(level.at_pointer("/turns/conversations/completed"), 3);
  EXPECT_EQ(level.at_pointer("/turns/conversations/failed"), 1);
  EXPECT_EQ(level.at_pointer("/turns/by_turn/1/failed"), 1);
  EXPECT_EQ(level.at_pointer("/turns/by_turn/2/issued"), 3);
}

TEST_F(conversation_run, an_interrupt_ends_those_who_think_and_says_what_was_not_reached) {
  reference_server server = serve();
  const temporary_folder results;
  background_process client{
      run_command(server.url(), results,
                  {"--dataset", write_dataset(dataset_text(2, 3)), "--concurrency", "2", "--conversations", "2",
                   "--think-time", "1h", "--quiet", "--max-tokens", "2"})};
  const auto answers = [this] {
    const std::string lines = text_of(transcript());
    return std::count(lines.begin(), lines.end(), '\n');
  };
  while (answers() < 2) std::this_thread::sleep_for(5ms);
  std::this_thread::sleep_for(50ms); // for the answers to be heard
  client.send_signal(SIGINT);
  EXPECT_EQ(client.wait(), 130);
  const json::value level = summary_of(run_folder_in(results)).at("levels").at(0);
  EXPECT_EQ(level.at_pointer("/requests/issued"), 2);
  EXPECT_EQ(level.at_pointer("/requests/dropped_by/not_reached"), 4);
  EXPECT_EQ(level.at_pointer("/turns/conversations/cut_off"), 2);
  EXPECT_FALSE(level.at("complete").as_bool());
}

TEST_F(conversation_run, what_does_not_go_together_is_refused_before_anything_is_sent) {
  const std::string talks = write_dataset(dataset_text(2, 3));
  const auto refused = [&](std::vector<std::string> options) {
    const temporary_folder results;
    const auto ended = run("http://127.0.0.1:1", results, std::move(options));
    EXPECT_EQ(ended.exit_code, 2) << ended.err;
    EXPECT_TRUE(run_folder_in(results).empty());
    return ended.err;
  };
  EXPECT_EQ(refused({"--prompt", "hi", "--think-time", "1s"}),
            "loadgen: --think-time: is for conversations; expected a --dataset that has lines with `turns`\n");
  EXPECT_EQ(refused({"--dataset", talks, "--conversations", "2", "--requests", "5"}),
            "loadgen: --conversations: excludes requests; expected one of them\n");
  EXPECT_EQ(refused({"--dataset", talks, "--think-time", "2"}).substr(0, 48),
            "loadgen: --think-time: '2' is not valid; expecte");
  EXPECT_EQ(refused({"--dataset", talks, "--trace", LOADGEN_TEST_DATA "/traces/mooncake.jsonl"}),
            "loadgen: --trace: has single requests, and the dataset conversations; expected prompts\n");
  EXPECT_EQ(refused({"--dataset", write_dataset("{\"turns\":[\"a\",7]}")}),
            "loadgen: --dataset: " + talks + ":1: turn 2: 7; expected the user's text or an object with `user`\n");
}

} // namespace
} // namespace loadgen::test
