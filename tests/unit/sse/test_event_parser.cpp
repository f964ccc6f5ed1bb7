#include "sse/event_parser.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace loadgen::sse {
namespace {

using namespace std::string_view_literals;

/// An event's own copy.
struct kept_event {
  std::string type, data, id;
  bool operator==(const kept_event&) const = default;
};

void PrintTo(const kept_event& shown, std::ostream* out) {
  *out << "{type " << testing::PrintToString(shown.type) << ", data " << testing::PrintToString(shown.data) << ", id "
       << testing::PrintToString(shown.id) << '}';
}

using events = std::vector<kept_event>;

struct recording_sink final : event_sink {
  void on_event(const event& next) override {
    seen.push_back({std::string{next.type}, std::string{next.data}, std::string{next.id}});
  }

  events seen;
};

events parse(std::initializer_list<std::string_view> pieces) {
  event_parser parser;
  recording_sink sink;
  for (const std::string_view piece : pieces) parser.feed(piece, sink);
  return sink.seen;
}

events only_data(std::initializer_list<std::string> texts) {
  events expected;
  for (const std::string& text : texts) expected.push_back({"", text, ""});
  return expected;
}

TEST(event_parser, events_end_with_a_blank_line) {
  EXPECT_EQ(parse({"data: a\n\ndata: b\n\ndata: c\n"}), only_data({"a", "b"}));
}

TEST(event_parser, lines_end_with_lf_cr_or_crlf_also_mixed) {
  EXPECT_EQ(parse({"data: a\n\n"}), only_data({"a"}));
  EXPECT_EQ(parse({"data: a\r\rdata: b\r\r"}), only_data({"a", "b"}));
  EXPECT_EQ(parse({"data: a\r\n\r\ndata: b\r\n\r\n"}), only_data({"a", "b"}));
  EXPECT_EQ(parse({"data: a\r\n\ndata: b\n\rdata: c\r\r\n"}), only_data({"a", "b", "c"}));
}

TEST(event_parser, crlf_split_across_reads_is_one_line_end) {
  EXPECT_EQ(parse({"data: a\r", "\ndata: b\r\n\r", "\ndata: c\r\n\r\n"}), only_data({"a\nb", "c"}));
  EXPECT_EQ(parse({"data: a\r", "", "\n", "data: b\n\n"}), only_data({"a\nb"}));
}

TEST(event_parser, an_event_that_ends_with_cr_comes_without_waiting_for_an_lf) {
  EXPECT_EQ(parse({"data: a\r\n\r"}), only_data({"a"}));
}

TEST(event_parser, an_lf_after_a_split_cr_counts_once_only) {
  EXPECT_EQ(parse({"data: a\r", "\n\n"}), only_data({"a"}));
}

TEST(event_parser, data_lines_are_joined_by_lf) {
  EXPECT_EQ(parse({"data: a\ndata: b\ndata:\ndata: c\n\n"}), only_data({"a\nb\n\nc"}));
}

TEST(event_parser, one_leading_space_of_a_value_is_removed) {
  EXPECT_EQ(parse({"data:a\n\ndata: a\n\ndata:  a \n\ndata:\ta\n\n"}), only_data({"a", "a", " a ", "\ta"}));
}

TEST(event_parser, values_may_hold_colons) {
  EXPECT_EQ(parse({"data: {\"a\":1}\n\ndata::\n\n"}), only_data({"{\"a\":1}", ":"}));
}

TEST(event_parser, a_line_without_colon_is_a_field_with_an_empty_value) {
  EXPECT_EQ(parse({"data\n\n"}), only_data({""}));
  EXPECT_EQ(parse({"data\ndata\n\n"}), only_data({"\n"}));
  EXPECT_EQ(parse({"event: x\nevent\ndata: a\n\n"}), only_data({"a"}));
}

TEST(event_parser, comments_are_skipped) {
  EXPECT_EQ(parse({": keep-alive\n\n:\n\ndata: a\n: in between\ndata: b\n\n"}), only_data({"a\nb"}));
}

TEST(event_parser, unknown_fields_and_retry_are_skipped) {
  EXPECT_EQ(parse({"retry: 10\nfoo: bar\nDATA: x\n data: y\ndata : z\ndata: a\n\n"}), only_data({"a"}));
}

TEST(event_parser, the_type_is_of_one_event) {
  EXPECT_EQ(parse({"event: token\ndata: a\n\ndata: b\n\nevent: x\nevent: y\ndata: c\n\n"}),
            (events{{"token", "a", ""}, {"", "b", ""}, {"y", "c", ""}}));
}

TEST(event_parser, an_event_without_data_is_not_dispatched_and_its_type_is_dropped) {
  EXPECT_EQ(parse({"event: x\n\ndata: a\n\n"}), only_data({"a"}));
}

TEST(event_parser, an_event_with_empty_data_is_dispatched) {
  EXPECT_EQ(parse({"data:\n\ndata: \n\n"}), only_data({"", ""}));
}

TEST(event_parser, the_id_lasts_until_the_next_one) {
  EXPECT_EQ(parse({"id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\n"}),
            (events{{"", "a", "1"}, {"", "b", "1"}, {"", "c", "2"}, {"", "d", ""}}));
}

TEST(event_parser, an_id_with_nul_is_ignored) {
  EXPECT_EQ(parse({"id: 1\nid: 2\0\ndata: a\n\n"sv}), (events{{"", "a", "1"}}));
}

TEST(event_parser, one_byte_order_mark_is_skipped_at_the_start_only) {
  EXPECT_EQ(parse({"\xEF\xBB\xBF"
                   "data: a\n\n\xEF\xBB\xBF"
                   "data: b\n\ndata: c\n\n"}),
            only_data({"a", "c"}));
  EXPECT_EQ(parse({"\xEF\xBB\xBF\xEF\xBB\xBF"
                   "data: a\n\ndata: b\n\n"}),
            only_data({"b"}));
}

TEST(event_parser, byte_order_mark_split_across_reads) {
  EXPECT_EQ(parse({"\xEF", "\xBB", "\xBF", "data: a\n\n"}), only_data({"a"}));
  EXPECT_EQ(parse({"\xEF\xBB", "\xBF"
                               "data: a\n\n"}),
            only_data({"a"}));
}

TEST(event_parser, what_only_begins_like_a_byte_order_mark_is_part_of_the_first_line) {
  EXPECT_EQ(parse({"\xEF\xBB", "data: a\n\ndata: b\n\n"}), only_data({"b"}));
  EXPECT_EQ(parse({"\xEF", "\ndata: b\n\n"}), only_data({"b"}));
}

TEST(event_parser, bytes_are_passed_on_as_they_are) {
  EXPECT_EQ(parse({"data: \xE4\xBD\xA0\xFF\0\n\n"sv}), (events{{"", std::string{"\xE4\xBD\xA0\xFF\0"sv}, ""}}));
}

TEST(event_parser, character_split_across_reads) {
  EXPECT_EQ(parse({"data: \xE4\xBD", "\xA0\n", "\n"}), only_data({"\xE4\xBD\xA0"}));
}

TEST(event_parser, fields_of_one_event_from_many_reads) {
  EXPECT_EQ(parse({"ev", "ent: to", "ken\nda", "ta: a\n", "id: 7\ndata: ", "b\nda", "ta:c\n", "\n"}),
            (events{{"token", "a\nb\nc", "7"}}));
}

TEST(event_parser, a_line_begun_after_a_resumed_one_does_not_overwrite_it) {
  EXPECT_EQ(parse({"data: a", "aa\nevent: to", "ken\nid: 1", "\n\n"}), (events{{"token", "aaa", "1"}}));
}

/// Keeps where the last event's views pointed.
struct view_sink final : event_sink {
  void on_event(const event& next) override { last = next; }

  event last;
};

TEST(event_parser, an_event_that_lies_whole_in_the_bytes_is_not_copied) {
  const std::string_view bytes = "data: x\n\nevent: token\ndata: hello\n\n";
  event_parser parser;
  view_sink sink;
  parser.feed(bytes, sink);
  EXPECT_EQ(sink.last.data.data(), bytes.data() + bytes.find("hello"));
  EXPECT_EQ(sink.last.type.data(), bytes.data() + bytes.find("token"));
}

TEST(event_parser, partial_event_is_held_until_its_blank_line) {
  event_parser parser;
  recording_sink sink;
  const auto held_after = [&](std::string_view bytes) {
    parser.feed(bytes, sink);
    return parser.holds_partial_event();
  };
  EXPECT_FALSE(parser.holds_partial_event());
  EXPECT_TRUE(held_after("d"));
  EXPECT_TRUE(held_after("ata: a\n"));
  EXPECT_FALSE(held_after("\n"));
  EXPECT_FALSE(held_after(": comm"));
  EXPECT_FALSE(held_after("ent\n"));
  EXPECT_TRUE(held_after("event: x\n"));
  EXPECT_FALSE(held_after("\n"));
}

TEST(event_parser, an_event_of_exactly_the_limit_passes_and_one_byte_more_does_not) {
  for (const std::size_t step : {1U, 3U, 100U}) {
    const auto feed = [step](std::string_view bytes, std::size_t limit) {
      event_parser parser{limit};
      recording_sink sink;
      for (std::size_t at = 0; at < bytes.size(); at += step) parser.feed(bytes.substr(at, step), sink);
      return std::tuple{parser.too_large(), sink.seen.size()};
    };
    const std::string_view bytes = "data: aa\n\nevent: x\ndata: b\n\ndata: c\n\n"; // events of 8, 15 and 7 bytes
    EXPECT_EQ(feed(bytes, 15), std::tuple(false, 3U));
    EXPECT_EQ(feed(bytes, 14), std::tuple(true, 1U));
    EXPECT_EQ(feed(bytes, 7), std::tuple(true, 0U));
  }
}

TEST(event_parser, a_line_without_end_is_bounded) {
  for (const std::string_view start : {"data: "sv, ": "sv}) {
    event_parser parser{100};
    recording_sink sink;
    parser.feed(start, sink);
    for (int i = 0; i < 100; ++i) parser.feed("a", sink);
    EXPECT_TRUE(parser.too_large());
    parser.feed("\n\ndata: b\n\n", sink);
    EXPECT_TRUE(sink.seen.empty());
  }
}

TEST(event_parser, comments_do_not_add_up_to_the_limit) {
  event_parser parser{100};
  recording_sink sink;
  for (int i = 0; i < 100; ++i) parser.feed(": keep-alive\n", sink);
  parser.feed("data: a\n\n", sink);
  EXPECT_FALSE(parser.too_large());
  EXPECT_EQ(sink.seen, only_data({"a"}));
}

TEST(event_parser, reset_at_any_point_makes_ready_for_the_next_stream) {
  const std::string_view before = "\xEF\xBB\xBF"
                                  "id: 1\r\nevent: x\r\ndata: a\r\ndata: b\r\n\r\n: c\r\n";
  event_parser parser{30};
  for (std::size_t cut = 0; cut <= before.size(); ++cut) {
    recording_sink ignored;
    parser.feed(before.substr(0, cut), ignored);
    parser.reset();
    EXPECT_FALSE(parser.holds_partial_event());
    recording_sink sink;
    parser.feed("\xEF\xBB\xBF"
                "data: z\n\n",
                sink);
    ASSERT_EQ(sink.seen, only_data({"z"})) << "after " << cut << " bytes";
    parser.reset();
  }
}

TEST(event_parser, reset_after_too_large) {
  event_parser parser{10};
  recording_sink sink;
  parser.feed("data: 0123456789\n\n", sink);
  ASSERT_TRUE(parser.too_large());
  parser.reset();
  parser.feed("data: a\n\n", sink);
  EXPECT_EQ(sink.seen, only_data({"a"}));
}

TEST(event_parser, a_copy_goes_on_by_itself) {
  event_parser parser;
  recording_sink sink;
  parser.feed("event: x\ndata: a\ndata: b", sink);
  event_parser copy = parser;
  parser.feed("b\n\n", sink);
  copy.feed("c\n\n", sink);
  EXPECT_EQ(sink.seen, (events{{"x", "a\nbb", ""}, {"x", "a\nbc", ""}}));
}

} // namespace
} // namespace loadgen::sse
