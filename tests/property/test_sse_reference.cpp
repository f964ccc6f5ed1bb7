// The incremental event parser against the standard's algorithm, written out step by step over the whole text.

#include "random_bytes.hpp"
#include "sse/event_parser.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <tuple>
#include <vector>

namespace loadgen::test {
namespace {

using event_texts = std::tuple<std::string, std::string, std::string>; // type, data, id

std::vector<std::string> finished_lines(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      lines.back() += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    lines.emplace_back();
  }
  lines.pop_back();
  return lines;
}

std::vector<event_texts> events_by_the_standard(const std::string& text) {
  std::string data_buffer, type_buffer, last_id;
  std::vector<event_texts> events;
  for (const std::string& line : finished_lines(text)) {
    if (line.empty()) {
      if (!data_buffer.empty()) {
        data_buffer.pop_back(); // its trailing LF
        events.emplace_back(type_buffer, data_buffer, last_id);
      }
      data_buffer.clear();
      type_buffer.clear();
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == 0) continue;
    const std::string name = line.substr(0, colon);
    std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (!value.empty() && value[0] == ' ') value.erase(0, 1);
    if (name == "event") type_buffer = value;
    if (name == "data") data_buffer += value + "\n";
    if (name == "id" && value.find('\0') == std::string::npos) last_id = value;
  }
  return events;
}

struct collector final : sse::event_sink {
  void on_event(const sse::event& next) override { events.emplace_back(next.type, next.data, next.id); }

  std::vector<event_texts> events;
};

std::string random_stream_text(random_stream& random) {
  using namespace std::string_view_literals;
  constexpr std::array pieces{"data"sv, "data:"sv,        "data: "sv, "event:"sv, "event"sv, "id: "sv,
                              "id"sv,   "retry: 5"sv,     ":"sv,      " "sv,      "x"sv,     "y:z"sv,
                              "\0"sv,   "\xEF\xBB\xBF"sv, "\xEF"sv,   "\n"sv,     "\n"sv,    "\n\n"sv,
                              "\r"sv,   "\r\n"sv,         "\r\n"sv,   "\r\r"sv};
  std::string text;
  const std::size_t count = pick(random, 0, 40);
  for (std::size_t i = 0; i < count; ++i) text += pick_one(random, pieces);
  return text;
}

TEST(sse_reference, random_streams_in_random_pieces) {
  std::size_t dispatched = 0;
  for (std::uint64_t seed = 0; seed < 30'000; ++seed) {
    random_stream random{seed, "event stream"};
    const std::string text = random_stream_text(random);
    const std::vector<event_texts> expected = events_by_the_standard(text);
    dispatched += expected.size();
    for (const std::size_t longest : {text.size() + 1, std::size_t{1}, std::size_t{7}}) {
      sse::event_parser parser;
      collector seen;
      for (std::string_view rest = text; !rest.empty();) {
        // Copied to a block of its own size, so that the address sanitizer sees a view that outlives its bytes.
        const std::string piece{rest.substr(0, longest == 7 ? pick(random, 1, longest) : longest)};
        parser.feed(piece, seen);
        rest.remove_prefix(piece.size());
      }
      ASSERT_EQ(seen.events, expected) << "seed " << seed << ", pieces up to " << longest << ": "
                                       << testing::PrintToString(text);
    }
  }
  EXPECT_GT(dispatched, 10'000U); // the generator still makes what is to be tested
}

} // namespace
} // namespace loadgen::test
