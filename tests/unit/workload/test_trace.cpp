#include "workload/trace_parser.hpp"

#include <loadgen/workload/trace.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

const std::filesystem::path traces = LOADGEN_TEST_DATA "/traces";

struct expected_entry {
  duration at;
  std::uint32_t input, output;
};

void expect_entries(const trace& read, const std::vector<expected_entry>& expected) {
  ASSERT_EQ(read.entries.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(read.entries[i].at, expected[i].at) << i;
    EXPECT_EQ(read.entries[i].input, expected[i].input) << i;
    EXPECT_EQ(read.entries[i].output, expected[i].output) << i;
  }
}

TEST(trace, mooncake_counts_in_milliseconds) {
  const trace read = read_trace(traces / "mooncake.jsonl").value();
  EXPECT_EQ(read.name, "mooncake.jsonl");
  EXPECT_EQ(read.sha256.size(), 64U);
  expect_entries(read, {{0ms, 6755, 9}, {0ms, 7319, 3}, {150ms, 512, 5}, {600ms, 40, 2}});
}

TEST(trace, azure_has_dates_whose_fractions_of_a_second_are_kept_over_midnight) {
  expect_entries(read_trace(traces / "azure.csv").value(), {{0ms, 374, 44}, {52ms, 396, 109}, {2s, 879, 55}});
}

TEST(trace, burstgpt_counts_in_seconds_and_has_answers_that_failed) {
  expect_entries(read_trace(traces / "burstgpt.csv").value(), {{0s, 472, 18}, {40500ms, 1087, 230}, {113s, 417, 0}});
}

std::vector<trace_entry> parsed(std::string_view text) {
  return parse_trace("t", text).value();
}

TEST(trace, columns_are_found_by_their_names_and_lines_may_end_in_crlf) {
  const auto entries = parsed("\xEF\xBB\xBFTimestamp,Session ID,Model,Request tokens,Response tokens\r\n"
                              "1,7,GPT-4,10,20\r\n\r\n3,8,GPT-4,11,21");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].at, 2s);
  EXPECT_EQ(entries[1].input, 11U);
  EXPECT_EQ(entries[1].output, 21U);
}

TEST(trace, dates_may_have_a_t_and_name_utc) {
  const auto entries = parsed("TIMESTAMP,ContextTokens,GeneratedTokens\n"
                              "2024-02-28T23:59:59Z,1,1\n2024-02-29 00:00:00+00:00,1,1\n2024-03-01 00:00:00.5,1,1\n");
  EXPECT_EQ(entries[1].at, 1s);
  EXPECT_EQ(entries[2].at, 24h + 1500ms); // a leap day
}

std::string complaint(std::string_view text) {
  const auto entries = parse_trace("t.x", text);
  return entries.has_error() ? entries.error().message : "";
}

TEST(trace, what_is_wrong_is_named_with_its_line) {
  const std::string header_fault =
      ": not the first line of a trace; expected a Mooncake request in JSON, or a header with TIMESTAMP, ContextTokens "
      "and GeneratedTokens (Azure) or Timestamp, Request tokens and Response tokens (BurstGPT)";
  EXPECT_EQ(complaint("a,b\n1,2\n"), "t.x:1" + header_fault);
  EXPECT_EQ(complaint("\n\nTIMESTAMP,ContextTokens\n"), "t.x:3" + header_fault);
  EXPECT_EQ(complaint(""), "t.x:1: no requests; expected at least one");
  EXPECT_EQ(complaint("TIMESTAMP,ContextTokens,GeneratedTokens\n"), "t.x:1: no requests; expected at least one");
}

TEST(trace, malformed_mooncake_is_refused) {
  const std::string good = R"({"timestamp":5,"input_length":1,"output_length":1})"
                           "\n";
  EXPECT_EQ(complaint(good + "{\"timestamp\":6"),
            R"(t.x:2: not a JSON object; expected one such as {"timestamp":0,"input_length":120,"output_length":16})");
  EXPECT_EQ(complaint(good + R"({"input_length":1,"output_length":1})"),
            "t.x:2: timestamp is missing or not valid; expected milliseconds of at least 0");
  EXPECT_EQ(complaint(good + R"({"timestamp":-6,"input_length":1,"output_length":1})"),
            "t.x:2: timestamp is missing or not valid; expected milliseconds of at least 0");
  EXPECT_EQ(complaint(good + R"({"timestamp":6,"output_length":1})"),
            "t.x:2: input_length is missing; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(complaint(good + R"({"timestamp":6,"input_length":1,"output_length":-1})"),
            "t.x:2: output_length is no such number; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(complaint(good + R"({"timestamp":6,"input_length":1,"output_length":1.5})"),
            "t.x:2: output_length is no such number; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(
      complaint(good + R"({"timestamp":6,"input_length":10000001,"output_length":1})"), // no room for such a prompt
      "t.x:2: input_length is no such number; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(complaint(good + "\n" + R"({"timestamp":4,"input_length":1,"output_length":1})"),
            "t.x:3: its time stamp is before that of the line above; expected them to ascend");
}

TEST(trace, malformed_azure_is_refused) {
  const auto with = [](std::string_view line) {
    return complaint("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,1,1\n" + std::string{line});
  };
  EXPECT_EQ(with("2023-11-16 18:17:04"), "t.x:3: 1 columns; expected 3, as in the header");
  EXPECT_EQ(with("2023-11-16 18:17:04,x,1"),
            "t.x:3: ContextTokens is 'x'; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(with("2023-11-16 18:17:04,1,-1"),
            "t.x:3: GeneratedTokens is '-1'; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(with("2023-11-16 18:17:04,10000001,1"),
            "t.x:3: ContextTokens is '10000001'; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(with("2023-11-16 18:17:02,1,1"),
            "t.x:3: its time stamp is before that of the line above; expected them to ascend");
  for (const std::string_view date :
       {"", "5", "2023-11-16", "2023-13-16 18:17:04", "2023-02-29 18:17:04", "2023-11-16 24:17:04",
        "2023-11-16 18:60:04", "2023-11-16 18:17:60", "2023-11-16 18:17:04.", "2023-11-16 18:17:04+01:00",
        "2023-11-16 8:17:04", "2023/11/16 18:17:04", "2023-11-16 18:17:04.12x"})
    EXPECT_EQ(with(std::string{date} + ",1,1"), "t.x:3: TIMESTAMP is '" + std::string{date} +
                                                    "'; expected a time in UTC such as 2023-11-16 18:17:03.9799600");
}

TEST(trace, malformed_burstgpt_is_refused) {
  const auto with = [](std::string_view line) {
    return complaint("Timestamp,Model,Request tokens,Response tokens\n5,m,1,1\n" + std::string{line});
  };
  EXPECT_EQ(with("6,m,1"), "t.x:3: 3 columns; expected 4, as in the header");
  EXPECT_EQ(with("x,m,1,1"), "t.x:3: Timestamp is 'x'; expected seconds of at least 0");
  EXPECT_EQ(with("-6,m,1,1"), "t.x:3: Timestamp is '-6'; expected seconds of at least 0");
  EXPECT_EQ(with("1e300,m,1,1"), "t.x:3: Timestamp is '1e300'; expected seconds of at least 0");
  EXPECT_EQ(with("6,m,1,"), "t.x:3: Response tokens is ''; expected a number of tokens from 0 to 10000000");
  EXPECT_EQ(with("4.5,m,1,1"), "t.x:3: its time stamp is before that of the line above; expected them to ascend");
}

TEST(trace, a_file_that_is_not_there_is_no_malformed_one) {
  EXPECT_EQ(read_trace(traces / "missing").error().code, errc::io);
}

trace at_seconds(const std::vector<int>& stamps) {
  trace made;
  for (const int stamp : stamps) made.entries.push_back({std::chrono::seconds{stamp}, 1, static_cast<unsigned>(stamp)});
  return made;
}

TEST(replay, keeps_the_times_and_asks_for_one_token_at_least) {
  const replay made = replay_of(at_seconds({0, 3, 3, 10}), {}).value();
  EXPECT_EQ(made.offsets, (std::vector<duration>{0s, 3s, 3s, 10s}));
  EXPECT_EQ(made.outputs, (std::vector<std::uint32_t>{1, 3, 3, 10}));
  EXPECT_DOUBLE_EQ(made.mean_rate(), 0.3);
  EXPECT_EQ(made.input_tokens, 4U);
  EXPECT_EQ(made.output_tokens, 16U);
}

TEST(replay, speed_divides_the_times) {
  EXPECT_EQ(replay_of(at_seconds({0, 3, 10}), {.speed = 4})->offsets, (std::vector<duration>{0s, 750ms, 2500ms}));
  EXPECT_EQ(replay_of(at_seconds({0, 3, 10}), {.speed = 0.5})->offsets, (std::vector<duration>{0s, 6s, 20s}));
}

TEST(replay, a_window_begins_at_its_own_time_and_leaves_out_its_end) {
  const replay made = replay_of(at_seconds({0, 3, 5, 8, 10}), {.speed = 2, .from = 2s, .to = 8s}).value();
  EXPECT_EQ(made.offsets, (std::vector<duration>{500ms, 1500ms}));
  EXPECT_EQ(made.outputs, (std::vector<std::uint32_t>{3, 5}));
}

TEST(replay, what_makes_no_load_is_refused) {
  EXPECT_TRUE(replay_of(at_seconds({0, 3}), {.speed = 0}).has_error());
  EXPECT_TRUE(replay_of(at_seconds({0, 3}), {.speed = -1}).has_error());
  EXPECT_TRUE(replay_of(at_seconds({0, 3}), {.from = 4s}).has_error());
  EXPECT_TRUE(replay_of(at_seconds({0, 3}), {.to = 3s}).has_error());
  EXPECT_TRUE(replay_of(at_seconds({0, 3, 3}), {.from = 1s}).has_error());
  EXPECT_TRUE(replay_of(at_seconds({0, 3'600'001}), {}).has_error());
}

} // namespace
} // namespace loadgen::workload
