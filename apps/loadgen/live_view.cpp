#include "live_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace loadgen::cli {

namespace {

using engine::live_snapshot;

constexpr std::size_t label_columns = 10;
constexpr std::size_t plain_columns = 80;
constexpr std::size_t bar_columns = 50;

enum class tone : std::uint8_t { normal, faint, good, doubtful, bad };

/// A piece of a line in one colour.
struct piece {
  std::string text;
  tone in = tone::normal;
};

using line = std::vector<piece>;

std::string_view sequence_of(tone in) {
  switch (in) {
  case tone::normal: return "";
  case tone::faint: return "\x1b[2m";
  case tone::good: return "\x1b[32m";
  case tone::doubtful: return "\x1b[33m";
  case tone::bad: return "\x1b[31m";
  }
  return "";
}

/// Columns of the view's own text: every character of it is one wide.
std::size_t columns_of(std::string_view text) {
  const auto is_head = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_head));
}

/// The first `columns` characters.
std::string_view cut(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  while (end < text.size() && columns_of(text.substr(0, end + 1)) <= columns) ++end;
  return text.substr(0, end);
}

std::string rendered(const line& pieces, const view_style& style) {
  std::string text;
  std::size_t left = style.columns;
  for (const piece& one : pieces) {
    const std::string_view shown = cut(one.text, left);
    left -= columns_of(shown);
    if (shown.empty()) continue;
    const std::string_view sequence = style.colour ? sequence_of(one.in) : "";
    text += sequence;
    text += shown;
    if (!sequence.empty()) text += "\x1b[0m";
  }
  return text;
}

/// Three or four digits that matter: "0.012", "9.88", "51.2", "1234".
std::string figure(double number) {
  const double size = std::abs(number);
  if (size < 0.9995) return fmt::format("{:.3f}", number);
  if (size < 9.995) return fmt::format("{:.2f}", number);
  if (size < 999.5) return fmt::format("{:.1f}", number);
  return fmt::format("{:.0f}", number);
}

std::string figure(const std::optional<duration>& span) {
  return span ? figure(to_ms(*span)) : "-";
}

/// "0:07", "12:34", "1:02:03"
std::string clock_text(duration span) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::max(span, duration::zero())).count();
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::uint64_t ended(const live_snapshot& now) {
  return now.now.completed + now.now.failed + now.now.cancelled;
}

std::uint64_t in_flight(const live_snapshot& now) {
  return now.now.issued - std::min(now.now.issued, ended(now));
}

std::string load_text(const live_snapshot& now) {
  if (now.now.concurrency) return fmt::format("concurrency {}", *now.now.concurrency);
  return now.now.rate ? fmt::format("rate {:.6g}/s", *now.now.rate) : "open loop";
}

/// By cause, the most frequent ones first: "http_status 12, timeout 1".
std::string causes_text(const live_snapshot& now) {
  std::vector<std::pair<std::uint64_t, std::string_view>> causes;
  for (std::size_t i = 1; i < metrics::cause_count; ++i)
    if (const std::uint64_t count = now.in_phase.causes[i]; count > 0)
      causes.emplace_back(count, to_string(static_cast<metrics::cause>(i)));
  std::stable_sort(causes.begin(), causes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [count, name] : causes) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  return text;
}

/// How much of the phase is through, from 0 to 1; unset where that is not known.
std::optional<double> share_done(const live_snapshot& now) {
  if (now.now.planned > 0)
    return std::min(1.0, static_cast<double>(ended(now) + now.now.dropped) / static_cast<double>(now.now.planned));
  if (!now.issuing_time || *now.issuing_time <= duration::zero()) return std::nullopt;
  return std::min(1.0, to_s(now.now.elapsed) / to_s(*now.issuing_time));
}

std::string bar(double share, bool unicode) {
  constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto parts = static_cast<std::size_t>(std::lround(share * bar_columns * 8));
  const std::size_t full = parts / 8;
  std::string text;
  for (std::size_t i = 0; i < full; ++i) text += unicode ? "█" : "#";
  if (unicode) text += eighths[parts % 8];
  for (std::size_t i = columns_of(text); i < bar_columns; ++i) text += unicode ? "·" : ".";
  return text;
}

std::string left_text(const live_snapshot& now, const live_history& history) {
  const std::optional<duration> left = history.time_left();
  if (!now.running) return "between levels";
  if (now.issuing_over) return "waiting for those in flight";
  if (!left) return "";
  const char* const about = now.issuing_time ? "" : "about ";
  if (!now.time_of_later_levels || *now.time_of_later_levels == duration::zero())
    return fmt::format("{}{} left", about, clock_text(*left));
  return fmt::format("{} left, {} in all", clock_text(*left), clock_text(*left + *now.time_of_later_levels));
}

line labelled(std::string_view label, std::string text, tone in = tone::normal) {
  return {{fmt::format("{:<{}}", label, label_columns), tone::faint}, {std::move(text), in}};
}

line title(const live_snapshot& now, const live_history& history, bool unicode) {
  const char* const dot = unicode ? " · " : ", ";
  std::string text = load_text(now);
  if (now.now.levels > 1) text = fmt::format("level {} of {}{}{}", now.place + 1, now.now.levels, dot, text);
  if (now.now.trial > 1) text += fmt::format("{}trial {}", dot, now.now.trial);
  if (now.now.warming_up) text += fmt::format("{}warm-up", dot);
  const std::string left = left_text(now, history);
  return {{text},
          {fmt::format("{}{}{}{}", dot, clock_text(now.now.elapsed), left.empty() ? "" : dot, left), tone::faint}};
}

line done(const live_snapshot& now, bool unicode) {
  const std::optional<double> share = share_done(now);
  std::string counts = now.now.planned > 0 ? fmt::format("{} of {} ended", ended(now), now.now.planned)
                                           : fmt::format("{} ended", ended(now));
  if (!share) return {{counts}};
  return {{bar(*share, unicode), tone::good}, {fmt::format(" {:>3.0f} %  {}", std::floor(*share * 100), counts)}};
}

line requests(const live_snapshot& now, const recent_figures& recent) {
  std::string text = fmt::format("{} in flight   ", in_flight(now));
  if (recent.planned_per_s)
    text += fmt::format("{}/s sent, {}/s planned", figure(recent.sent_per_s), figure(*recent.planned_per_s));
  else
    text += fmt::format("{}/s completed", figure(recent.completed_per_s));
  if (now.now.dropped > 0) text += fmt::format("   {} dropped", now.now.dropped);
  return labelled("requests", std::move(text));
}

line latencies(std::string_view label, const metrics::duration_histogram& of, std::string_view what, duration span) {
  return labelled(label, fmt::format("p50 {:<8} p99 {:<8} of {} {} in the last {:.0f} s", figure(of.percentile(0.5)),
                                     figure(of.percentile(0.99)), of.count(), what, to_s(span)));
}

line failures(const live_snapshot& now) {
  const std::string causes = causes_text(now);
  return labelled("failed", causes.empty() ? "none" : causes, causes.empty() ? tone::normal : tone::bad);
}

line audit(const live_snapshot& now) {
  if (!now.trust) return labelled("audit", "none of a warm-up");
  const metrics::audit& trust = *now.trust;
  std::string text{to_string(trust.judgement)};
  if (!trust.reasons.empty()) text += ": " + trust.reasons.front();
  const tone in = trust.judgement == metrics::verdict::ok         ? tone::good
                  : trust.judgement == metrics::verdict::degraded ? tone::doubtful
                                                                  : tone::bad;
  return labelled("audit", std::move(text), in);
}

} // namespace

std::vector<std::string> live_lines(const live_snapshot& now, const live_history& history, const view_style& style) {
  if (now.now.levels == 0) return {}; // no phase has begun
  const recent_figures recent = history.recent();
  const std::array lines{
      title(now, history, style.unicode),
      done(now, style.unicode),
      requests(now, recent),
      labelled("tokens", fmt::format("{}/s", figure(recent.tokens_per_s))),
      latencies("TTFT ms", recent.ttft, "requests", recent.span),
      latencies("ITL ms", recent.itl, "gaps", recent.span),
      failures(now),
      audit(now),
  };
  std::vector<std::string> texts;
  for (const line& one : lines) texts.push_back(rendered(one, style));
  return texts;
}

namespace {

/// A part of the plain line. Of those that may go, the one of the highest `rank` goes first.
struct part {
  unsigned rank; ///< 0: stays
  std::string text;
};

std::vector<part> plain_parts(const live_snapshot& now, const live_history& history) {
  const recent_figures recent = history.recent();
  std::vector<part> parts;
  std::string begin = clock_text(now.now.elapsed);
  if (now.now.levels > 1) begin += fmt::format(" [{}/{}]", now.place + 1, now.now.levels);
  if (now.now.warming_up) begin += " warm-up";
  begin += now.now.planned > 0 ? fmt::format(" {}/{} ended", ended(now), now.now.planned)
                               : fmt::format(" {} ended", ended(now));
  parts.push_back({0, std::move(begin)});
  parts.push_back({3, fmt::format("{} in flight", in_flight(now))});
  if (const std::string causes = causes_text(now); !causes.empty()) parts.push_back({1, "failed: " + causes});
  if (now.now.dropped > 0) parts.push_back({2, fmt::format("{} dropped", now.now.dropped)});
  if (recent.planned_per_s)
    parts.push_back({8, fmt::format("{} of {} req/s", figure(recent.sent_per_s), figure(*recent.planned_per_s))});
  parts.push_back({4, fmt::format("{:.0f} tok/s", recent.tokens_per_s)});
  const auto add_latencies = [&parts](unsigned rank, std::string_view name, const metrics::duration_histogram& of) {
    if (of.count() > 0)
      parts.push_back({rank, fmt::format("{} {}/{}", name, figure(of.percentile(0.5)), figure(of.percentile(0.99)))});
  };
  add_latencies(6, "TTFT", recent.ttft);
  add_latencies(7, "ITL", recent.itl);
  if (const auto left = history.time_left()) parts.push_back({5, fmt::format("{} left", clock_text(*left))});
  if (now.trust && now.trust->judgement != metrics::verdict::ok)
    parts.push_back({2, std::string{to_string(now.trust->judgement)}});
  return parts;
}

std::string joined(const std::vector<part>& parts) {
  std::string text;
  for (const part& one : parts) text += (text.empty() ? "" : ", ") + one.text;
  return text;
}

} // namespace

std::string plain_line(const live_snapshot& now, const live_history& history) {
  std::vector<part> parts = plain_parts(now, history);
  while (joined(parts).size() > plain_columns && parts.size() > 1) {
    const auto least =
        std::max_element(parts.begin(), parts.end(), [](const part& a, const part& b) { return a.rank < b.rank; });
    if (least->rank <= 1) break;
    parts.erase(least);
  }
  return joined(parts).substr(0, plain_columns);
}

} // namespace loadgen::cli
