#include "report/console.hpp"
#include "report/manifest.hpp"
#include "report/table.hpp"
#include "report/text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::report {

namespace {

using metrics::cause;
using metrics::level_summary;

constexpr double tolerated_failures = 0.01;
constexpr double tolerated_tokens_per_event = 1.1;
constexpr double promised_flush_ms = 1000;

/// Something a reader must know before believing a level's figures.
struct check {
  /// How much of it there is in a level; unset where there is nothing to warn of.
  std::optional<double> (*severity)(const level_summary&);
  /// The sentence, for the worst of the levels it holds for.
  std::string (*sentence)(std::string_view at_most, double worst);
};

std::optional<double> above(double limit, double value) {
  return value > limit ? std::optional{value} : std::nullopt;
}

std::optional<double> when(bool holds) {
  return holds ? std::optional{1.0} : std::nullopt;
}

std::optional<double> share(std::uint64_t part, std::uint64_t all) {
  return all > 0 ? std::optional{static_cast<double>(part) / static_cast<double>(all)} : std::nullopt;
}

const std::array checks{
    check{[](const level_summary& level) { return when(!level.complete); },
          [](std::string_view, double) {
            return std::string{"incomplete; the figures are of the part that was measured"};
          }},
    check{[](const level_summary& level) {
            return above(tolerated_failures, share(level.requests.failed, level.requests.issued).value_or(0));
          },
          [](std::string_view at_most, double worst) {
            return fmt::format("{}{} of the requests failed; they are in no latency figure, and a server that refuses "
                               "work looks fast",
                               at_most, percent(worst));
          }},
    check{[](const level_summary& level) {
            const auto drained = level.requests.causes[static_cast<std::size_t>(cause::drain_limit)];
            return above(0, static_cast<double>(drained));
          },
          [](std::string_view at_most, double worst) {
            return fmt::format(
                "{}{} cancelled at the drain limit; without these slowest ones the latencies are too low", at_most,
                counted(static_cast<std::uint64_t>(worst), "request"));
          }},
    check{[](const level_summary& level) { return above(0, static_cast<double>(level.requests.retries)); },
          [](std::string_view at_most, double worst) {
            return fmt::format("{}{:.0f} {}; latencies are from the first attempt on", at_most, worst,
                               worst == 1 ? "retry" : "retries");
          }},
    check{[](const level_summary& level) { return above(0, static_cast<double>(level.requests.empty)); },
          [](std::string_view at_most, double worst) {
            return fmt::format("{}{} completed without any content; in no latency figure", at_most,
                               counted(static_cast<std::uint64_t>(worst), "request"));
          }},
    check{[](const level_summary& level) {
            return above(tolerated_tokens_per_event, level.tokens.per_chunk.value_or(0));
          },
          [](std::string_view at_most, double worst) {
            return fmt::format("{}{:.2f} tokens an event; ITL is the gap between events, TPOT the time per token",
                               at_most, worst);
          }},
    check{[](const level_summary& level) {
            return when(level.tokens.source == "chunks" || level.tokens.source == "mixed");
          },
          [](std::string_view, double) {
            return std::string{"not every response had usage; where it is missing, one event counts as one token"};
          }},
    check{[](const level_summary& level) {
            return above(0, share(level.tokens.cached_input.value_or(0), level.tokens.input.value_or(0)).value_or(0));
          },
          [](std::string_view at_most, double worst) {
            return fmt::format("{}{} of the input tokens came from the server's prefix cache, which shortens TTFT",
                               at_most, percent(worst));
          }},
    check{[](const level_summary& level) {
            return above(promised_flush_ms, level.trust.longest_flush_gap_ms.value_or(0));
          },
          [](std::string_view at_most, double worst) {
            return fmt::format("records were {}{:.1f} s on their way to the disk, which a kill would have cost; no "
                               "figure waits for the disk",
                               at_most, worst / 1000);
          }},
};

// Whether servers were trusted without looking at their certificates.
bool trusted_anyone(const boost::json::object& manifest) {
  if (at_path(manifest, {"settings", "insecure", "value"}) != boost::json::value(true)) return false;
  const boost::json::array* urls = at_path(manifest, {"target", "urls"}).if_array();
  return urls && std::any_of(urls->begin(), urls->end(), [](const boost::json::value& url) {
           return url.is_string() && url.get_string().starts_with("https:");
         });
}

// What was to be kept beside the records, and was not.
std::vector<std::string> keeping_warnings(const boost::json::object& manifest) {
  std::vector<std::string> sentences;
  const auto count = [&](std::string_view file, std::string_view key) {
    const boost::json::value& found = at_path(manifest, {file, key});
    boost::json::error_code failure;
    return found.is_number() ? found.to_number<std::uint64_t>(failure) : 0U;
  };
  const std::uint64_t lost = count("recording", "lost_exchanges"), cut = count("recording", "cut_exchanges");
  if (lost + cut > 0)
    sentences.push_back(fmt::format("the disk could not keep up with --record: of {} nothing was kept, of {} only the "
                                    "begin; no figure waits for the disk",
                                    counted(lost, "exchange"), counted(cut, "response")));
  if (const std::uint64_t texts = count("texts", "lost"); texts > 0)
    sentences.push_back(
        fmt::format("the disk could not keep up with --save-text: {} left out", counted(texts, "text")));
  for (const std::string_view file : {"recording", "texts"})
    if (const std::string failure = text_at(manifest, {file, "failure"}); !failure.empty())
      sentences.push_back(
          fmt::format("{} ends early: {}", file == "recording" ? "the recording" : "the texts", printable(failure)));
  return sentences;
}

} // namespace

std::vector<std::string> warnings(const analyzed_run& run, const level_naming& naming) {
  std::vector<std::string> sentences;
  if (trusted_anyone(merged_manifest(run.run)))
    sentences.emplace_back(
        "INSECURE: certificates were not verified (--insecure); nobody knows which server gave these "
        "answers, or who else read prompts, answers and the API key");
  for (std::string& sentence : keeping_warnings(merged_manifest(run.run))) sentences.push_back(std::move(sentence));
  for (const check& each : checks) {
    std::vector<const level_summary*> found;
    std::optional<double> worst;
    for (const level_summary& level : run.levels) {
      const std::optional<double> severity = each.severity(level);
      if (!severity) continue;
      found.push_back(&level);
      worst = std::max(worst, severity);
    }
    if (found.empty()) continue;
    const std::string sentence = each.sentence(found.size() > 1 ? "up to " : "", *worst);
    const bool everywhere = found.size() == run.levels.size() && found.size() > 1;
    const std::string where = everywhere ? "every level" : naming.sentence_name(found);
    sentences.push_back(fmt::format("{}: {}", where, sentence));
  }
  for (std::string& sentence : calibration_warnings(run, naming)) sentences.push_back(std::move(sentence));
  for (std::string& sentence : stability_warnings(run, naming)) sentences.push_back(std::move(sentence));
  return sentences;
}

std::string warnings_section(const analyzed_run& run, const level_naming& naming) {
  std::string text;
  for (const std::string& sentence : warnings(run, naming)) text += paragraph("  ! ", sentence);
  return text.empty() ? text : "warnings\n" + text;
}

} // namespace loadgen::report
