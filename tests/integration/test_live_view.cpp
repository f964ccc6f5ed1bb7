#include "live_display.hpp"
#include "live_view.hpp"

#include <loadgen/engine/live_statistics.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace loadgen::cli {
namespace {

using namespace std::chrono_literals;
using engine::live_snapshot;
using metrics::cause;

constexpr instant begin{1000s};

/// A closed loop of 32 in flight, the second of three levels, that has sent 12 requests/s of 100 tokens from the start:
/// of TTFT 50 ms, one in ten 90 ms, and ITL 10 ms.
live_snapshot after(duration elapsed) {
  const auto sent = static_cast<std::uint64_t>(12 * to_s(elapsed));
  live_snapshot shown;
  shown.at = begin + elapsed;
  shown.running = true;
  shown.place = 1;
  shown.now.levels = 3;
  shown.now.level = 1;
  shown.now.concurrency = 32;
  shown.now.planned = 1000;
  shown.now.elapsed = elapsed;
  shown.now.issued = sent;
  shown.now.completed = sent > 32 ? sent - 32 : 0;
  engine::live_counts& counts = shown.in_phase;
  counts.issued = shown.now.issued;
  counts.completed = shown.now.completed;
  counts.content_events = sent * 100;
  for (std::uint64_t i = 0; i < sent; ++i) {
    counts.ttft.add(i % 10 == 9 ? 90ms : 50ms);
    for (int gap = 0; gap < 99; ++gap) counts.itl.add(10ms);
  }
  shown.in_run = shown.in_phase;
  shown.trust.emplace();
  return shown;
}

/// The lines once a run has come so far, with a snapshot every half second.
std::vector<std::string> lines_after(const live_snapshot& now, const view_style& style) {
  live_history history;
  for (duration at = 500ms; at < now.now.elapsed; at += 500ms) history.add(after(at));
  history.add(now);
  return live_lines(now, history, style);
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& one : lines) text += one + "\n";
  return text;
}

TEST(live_view, shows_a_closed_loop_in_plain_ascii) {
  EXPECT_EQ(text_of(lines_after(after(20s), {})),
            "level 2 of 3, concurrency 32, 0:20, about 1:16 left\n"
            "##########........................................  20 %  208 of 1000 ended\n"
            "requests  32 in flight   12.0/s completed\n"
            "tokens    1200/s\n"
            "TTFT ms   p50 50.1     p99 89.7     of 120 requests in the last 10 s\n"
            "ITL ms    p50 10.0     p99 10.0     of 11880 gaps in the last 10 s\n"
            "failed    none\n"
            "audit     ok\n");
}

TEST(live_view, shows_the_same_in_unicode) {
  const std::vector<std::string> lines = lines_after(after(20s), {.unicode = true});
  EXPECT_EQ(lines[0], "level 2 of 3 · concurrency 32 · 0:20 · about 1:16 left");
  EXPECT_EQ(lines[1], "██████████▍·······································  20 %  208 of 1000 ended");
}

TEST(live_view, shows_an_open_loop_with_its_failures_and_a_doubtful_audit) {
  live_snapshot now = after(20s);
  now.now.concurrency.reset();
  now.now.rate = 12.5;
  now.open_loop = true;
  now.due = 250;
  now.issuing_time = 30s;
  now.time_of_later_levels = 60s;
  now.now.failed = 13;
  now.in_phase.causes[static_cast<std::size_t>(cause::timeout)] = 1;
  now.in_phase.causes[static_cast<std::size_t>(cause::http_status)] = 12;
  now.now.dropped = 4;
  now.trust->judgement = metrics::verdict::degraded;
  now.trust->reasons = {"send lag p99 3.7 ms is above 1 ms"};
  live_history history;
  history.add(now);
  const std::vector<std::string> lines = live_lines(now, history, {});
  EXPECT_EQ(lines[0], "level 2 of 3, rate 12.5/s, 0:20, 0:10 left, 1:10 in all");
  EXPECT_EQ(lines[2], "requests  19 in flight   12.0/s sent, 12.5/s planned   4 dropped");
  EXPECT_EQ(lines[6], "failed    http_status 12, timeout 1");
  EXPECT_EQ(lines[7], "audit     degraded: send lag p99 3.7 ms is above 1 ms");
}

TEST(live_view, duration_mode_goes_by_the_clock) {
  live_snapshot now = after(20s);
  now.now.planned = 0;
  now.issuing_time = 40s;
  const std::vector<std::string> lines = lines_after(now, {});
  EXPECT_EQ(lines[0], "level 2 of 3, concurrency 32, 0:20, 0:20 left");
  EXPECT_EQ(lines[1], "#########################.........................  50 %  208 ended");
  now.issuing_over = true;
  EXPECT_EQ(lines_after(now, {})[0], "level 2 of 3, concurrency 32, 0:20, waiting for those in flight");
}

TEST(live_view, colours_only_where_they_are_welcome) {
  const std::string plain = text_of(lines_after(after(20s), {}));
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  const std::string coloured = text_of(lines_after(after(20s), {.colour = true}));
  EXPECT_NE(coloured.find("\x1b[32mok\x1b[0m"), std::string::npos);
  std::string stripped = coloured;
  for (std::size_t at = stripped.find('\x1b'); at != std::string::npos; at = stripped.find('\x1b'))
    stripped.erase(at, stripped.find('m', at) + 1 - at);
  EXPECT_EQ(stripped, plain);
}

TEST(live_view, no_line_is_wider_than_the_terminal) {
  live_snapshot now = after(20s);
  now.now.completed = now.now.issued = 123'456'789;
  now.now.planned = 987'654'321;
  now.in_phase.causes.fill(123'456);
  now.trust->judgement = metrics::verdict::client_bound;
  now.trust->reasons = {std::string(200, 'x')};
  for (const std::size_t columns : {1U, 20U, 79U, 80U}) {
    for (const bool unicode : {false, true})
      for (const std::string& line : lines_after(now, {.columns = columns, .unicode = unicode})) {
        const auto width = std::count_if(line.begin(), line.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
        EXPECT_LE(static_cast<std::size_t>(width), columns) << line;
      }
  }
}

TEST(live_view, rolls_on_with_the_last_ten_seconds) {
  live_history history;
  for (int second = 1; second <= 20; ++second) history.add(after(std::chrono::seconds{second}));
  live_snapshot slow = after(20s);
  for (int second = 21; second <= 40; ++second) { // from now on nothing but one slow first token a second
    slow.at += 1s;
    slow.now.elapsed += 1s;
    slow.in_phase.ttft.add(2s);
    slow.in_run = slow.in_phase;
    history.add(slow);
  }
  const recent_figures recent = history.recent();
  EXPECT_EQ(recent.span, 10s);
  EXPECT_EQ(recent.ttft.count(), 10U);
  EXPECT_NEAR(to_ms(*recent.ttft.percentile(0.5)), 2000, 16);
  EXPECT_EQ(recent.itl.count(), 0U);
  EXPECT_EQ(recent.completed_per_s, 0);
}

TEST(live_view, a_new_phase_begins_with_nothing) {
  live_history history;
  history.add(after(20s));
  live_snapshot next = after(2s);
  next.at = begin + 30s;
  next.place = 2;
  history.add(next);
  EXPECT_EQ(history.recent().span, 2s);
  EXPECT_EQ(history.recent().ttft.count(), 24U);
}

TEST(live_view, before_the_first_phase_there_is_nothing_to_show) {
  live_history history;
  history.add({});
  EXPECT_TRUE(live_lines({}, history, {}).empty());
}

TEST(plain_line, says_it_all_where_there_is_room) {
  live_history history;
  live_snapshot now = after(20s);
  now.now.levels = 1;
  history.add(now);
  EXPECT_EQ(plain_line(now, history), "0:20 208/1000 ended, 32 in flight, 1200 tok/s, TTFT 50.1/89.7, 1:16 left");
}

TEST(plain_line, keeps_to_80_columns_and_to_what_matters_most) {
  live_history history;
  live_snapshot now = after(20s);
  now.now.failed = 13;
  now.in_phase.causes[static_cast<std::size_t>(cause::http_status)] = 12;
  now.in_phase.causes[static_cast<std::size_t>(cause::closed_before_response)] = 1;
  now.trust->judgement = metrics::verdict::client_bound;
  history.add(now);
  const std::string line = plain_line(now, history);
  EXPECT_EQ(line, "0:20 [2/3] 221/1000 ended, failed: http_status 12, closed_before_response 1");
  EXPECT_LE(line.size(), 80U);
}

TEST(live_display, draws_over_the_view_before) {
  std::string shown;
  EXPECT_EQ(redrawn(shown, {"one", "two"}, 80, 24), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
  EXPECT_EQ(redrawn(shown, {"three"}, 80, 24), "\r\x1b[2Athree\x1b[K\n\x1b[J");
  EXPECT_EQ(redrawn(shown, {}, 80, 24), "\r\x1b[1A\x1b[J");
}

TEST(live_display, takes_back_lines_that_a_narrower_terminal_has_wrapped) {
  std::string shown;
  (void)redrawn(shown, {"\x1b[32m" + std::string(60, '#') + "\x1b[0m", "short"}, 80, 24);
  EXPECT_EQ(redrawn(shown, {}, 25, 24), "\r\x1b[4A\x1b[J"); // 60 characters on 25 columns are three rows
}

TEST(live_display, is_never_higher_than_the_terminal) {
  std::string shown;
  EXPECT_EQ(redrawn(shown, {"one", "two", "three"}, 80, 3), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
}

} // namespace
} // namespace loadgen::cli
