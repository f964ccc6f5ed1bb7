#include "unit/report/sample_runs.hpp"

#include <loadgen/report/checks.hpp>
#include <loadgen/report/search.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace loadgen::report {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// A run that searched a server with room for `capacity`, as the search itself would have gone on.
class searched_run {
public:
  explicit searched_run(double capacity, search::search_settings settings = {}) : settings_(settings) {
    asked_.limits[metrics::metric::ttft] = 100ms;
    asked_.required_attainment = settings.required_attainment;
    run_ = samples::empty_run();
    run_.run.info.manifest["search"] = search::to_json(settings);
    run_.run.info.manifest["slo"] = metrics::to_json(asked_);
    search::capacity_search searching{settings};
    while (const auto step = searching.next()) {
      metrics::recorded_level level = level_of(*step, step->load <= capacity);
      searching.add(step->load, search::evidence_of(level, asked_));
      run_.run.levels.push_back(std::move(level));
    }
    expected_ = searching.result();
    analyze_again();
  }

  /// Ends the run after so many levels, the last of them cut short.
  void interrupt_after(std::size_t levels) {
    run_.run.levels.resize(levels);
    run_.run.levels.back().requests.resize(3);
    run_.run.levels.back().end.reset();
    run_.run.end->complete = false;
    analyze_again();
  }

  [[nodiscard]] analyzed_run& run() noexcept { return run_; }

  [[nodiscard]] const search::search_result& expected() const noexcept { return expected_; }

private:
  void analyze_again() { run_ = analyze(std::move(run_.run)); }

  [[nodiscard]] metrics::recorded_level level_of(const search::search_step& step, bool holds) const {
    const bool open_loop = settings_.kind == search::load_kind::rate;
    metrics::recorded_level level;
    level.info.level = step.level;
    level.info.trial = step.trial;
    if (open_loop)
      level.info.rate = step.load;
    else
      level.info.concurrency = static_cast<std::uint32_t>(step.load);
    const std::uint64_t requests = 600 * step.size;
    level.info.planned = requests;
    for (std::uint64_t i = 0; i < requests; ++i) {
      metrics::request_record record;
      record.index = i;
      record.end = metrics::outcome::completed;
      record.sent = record.connected = record.released = instant{10ms * i};
      if (open_loop) record.planned = record.sent;
      record.chunks.emplace_back().arrival = *record.sent + (holds ? 50ms : 500ms);
      record.first_byte = record.first_event = record.done = record.ended = record.chunks.back().arrival;
      level.requests.push_back(std::move(record));
    }
    metrics::level_end end;
    end.ended = end.issuing_ended = *level.requests.back().ended;
    end.workers.emplace_back();
    level.end = end;
    return level;
  }

  search::search_settings settings_;
  metrics::slo asked_;
  analyzed_run run_;
  search::search_result expected_;
};

search::search_settings up_to(double most, search::load_kind kind) {
  return {.kind = kind, .least = 1, .most = most};
}

TEST(search_report, repeats_the_search_from_the_records) {
  for (const auto kind : {search::load_kind::rate, search::load_kind::concurrency}) {
    searched_run searched{21, up_to(64, kind)};
    const auto found = search_of(searched.run());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->found.highest_held, searched.expected().highest_held);
    EXPECT_EQ(found->found.lowest_failed, searched.expected().lowest_failed);
    EXPECT_EQ(found->found.steps.size(), searched.run().levels.size());
    EXPECT_TRUE(found->found.finished);
  }
}

TEST(search_report, summary_json_has_the_answer_and_how_it_came_about) {
  searched_run searched{21, up_to(64, search::load_kind::concurrency)};
  const json::object summary = summary_json(searched.run());
  const json::value& search = summary.at("search");
  EXPECT_EQ(search.at("kind"), "concurrency");
  EXPECT_EQ(search.at("max_concurrency"), 21);
  EXPECT_EQ(search.at("max_rate"), nullptr);
  EXPECT_EQ(search.at("interval"), json::parse("[21, 22]"));
  EXPECT_EQ(search.at("bracketed"), true);
  EXPECT_EQ(search.at("finished"), true);
  EXPECT_EQ(search.at("reason"), nullptr);
  EXPECT_EQ(search.at("confirmations"), json::parse(R"({"holds": 3, "fails": 3})"));
  EXPECT_EQ(search.at("slo"), json::parse(R"({"objectives": {"ttft_ms": 100.0}, "required_attainment": 0.99})"));
  EXPECT_EQ(search.at("settings").at("range"), json::parse("[1.0, 64.0]"));
  EXPECT_EQ(search.at("steps").as_array().size(), searched.run().levels.size());
  const json::value& first = search.at("steps").at(0);
  EXPECT_EQ(first.at("load"), 1);
  EXPECT_EQ(first.at("requests"), 600);
  EXPECT_EQ(first.at("met"), 600);
  EXPECT_EQ(first.at("queue_grew"), nullptr);
  EXPECT_EQ(first.at("verdict"), "holds");
  const json::array& loads = search.at("loads").as_array();
  EXPECT_TRUE(std::is_sorted(loads.begin(), loads.end(), [](const json::value& left, const json::value& right) {
    return left.at("load").to_number<double>() < right.at("load").to_number<double>();
  }));
  EXPECT_EQ(loads.back().at("verdict"), "fails");
  EXPECT_EQ(loads.back().at("attainment").to_number<double>(), 0);
  EXPECT_EQ(summary.at("knee"), nullptr);
}

TEST(search_report, of_a_rate_tells_of_its_queues_and_of_trials_too_short_to_see_slow_ones) {
  searched_run searched{21, up_to(64, search::load_kind::rate)};
  const json::value search = summary_json(searched.run()).at("search");
  EXPECT_EQ(search.at("max_concurrency"), nullptr);
  EXPECT_GE(search.at("interval").at(1).to_number<double>(), 21);
  EXPECT_EQ(search.at("loads").at(0).at("queue_judged"), 1);
  EXPECT_EQ(search.at("steps").at(0).at("requests"), 450); // the first quarter of 600 is not judged
  EXPECT_TRUE(search.at("notes").as_array().empty());      // 24 s at the answer: more than 6 * 100 ms / 5 %
  searched.run().run.info.manifest["slo"].at("objectives").as_object()["ttft_ms"] = 1000;
  const auto looser = search_of(searched.run());
  ASSERT_EQ(looser->found.notes.size(), 1U);
  EXPECT_NE(looser->found.notes[0].find("a queue that builds up slowly may take 120.0 s to show"), std::string::npos)
      << looser->found.notes[0];
}

TEST(search_report, the_console_has_the_answer_first_and_a_row_a_load) {
  searched_run searched{3, up_to(8, search::load_kind::concurrency)};
  const std::string text = console_report(searched.run());
  EXPECT_NE(text.find("highest concurrency that meets the SLO: 3; 3 holds, 4 fails\n"
                      "                -- requests ---  --- attainment % ---\n"
                      "  conc  trials  judged  met SLO          95% interval  verdict\n"
                      "     1       1     600      600  100.00  99.27-100.00  holds\n"
                      "     2       1     600      600  100.00  99.27-100.00  holds\n"
                      "     3       3    4200     4200  100.00  99.89-100.00  holds\n"
                      "     4       3    4200        0    0.00     0.00-0.10  fails\n"),
            std::string::npos)
      << text;
}

TEST(search_report, says_in_words_why_there_is_no_interval) {
  searched_run high{100, up_to(8, search::load_kind::concurrency)};
  EXPECT_NE(console_report(high.run())
                .find("highest concurrency that meets the SLO: at least 8; none was found to fail "
                      "(the highest load tried"),
            std::string::npos);
  searched_run low{0.5, up_to(8, search::load_kind::rate)};
  EXPECT_NE(
      console_report(low.run()).find("highest rate that meets the SLO: below 1/s; none was found to hold (the lowest "
                                     "load already"),
      std::string::npos);
  const auto no_answer = levels_of_answer(low.run());
  ASSERT_TRUE(no_answer);
  EXPECT_TRUE(no_answer->levels.empty());
  EXPECT_EQ(check_gate(*no_answer, metrics::parse_gate("ttft_p50 <= 1s").value()).line,
            "gate ttft_p50 <= 1s: fails: no load was found to hold");
}

TEST(search_report, of_an_interrupted_run_is_of_the_levels_that_ran_to_their_end) {
  searched_run searched{21, up_to(64, search::load_kind::concurrency)};
  searched.interrupt_after(4); // 1, 2, 4, and 8 cut short
  const json::value search = summary_json(searched.run()).at("search");
  EXPECT_EQ(search.at("interval"), json::parse("[4, null]"));
  EXPECT_EQ(search.at("finished"), false);
  EXPECT_EQ(search.at("reason"), "the search was ended before it was through");
}

TEST(search_report, the_levels_of_the_answer_are_those_at_its_load) {
  searched_run searched{21, up_to(64, search::load_kind::concurrency)};
  const auto answer = levels_of_answer(searched.run());
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->levels.size(), 3U);
  for (const metrics::level_summary& level : answer->levels) EXPECT_EQ(level.info.concurrency, 21U);
  EXPECT_FALSE(levels_of_answer(samples::empty_run()));
}

TEST(search_report, a_client_that_could_not_keep_up_where_a_load_fails_is_told) {
  searched_run searched{21, up_to(64, search::load_kind::concurrency)};
  for (metrics::level_summary& level : searched.run().levels)
    if (level.info.concurrency == 22U) level.trust.judgement = metrics::verdict::client_bound;
  const auto found = search_of(searched.run());
  ASSERT_EQ(found->found.notes.size(), 1U);
  EXPECT_EQ(found->found.notes[0], "the client could not keep up at 22: the server may carry more, see the audit");
}

TEST(search_report, without_records_there_is_none) {
  searched_run searched{3, up_to(8, search::load_kind::concurrency)};
  searched.run().samples = metrics::sample_keeping::histogram;
  EXPECT_FALSE(search_of(searched.run()));
  EXPECT_EQ(summary_json(searched.run()).at("search"), nullptr);
}

/// A sweep on a server with four slots, each load twice.
analyzed_run sweep_over(const std::vector<std::uint32_t>& concurrencies) {
  analyzed_run run = samples::empty_run();
  std::uint32_t place = 0;
  for (const std::uint32_t concurrency : concurrencies) {
    for (const double off : {0.98, 1.02}) {
      metrics::level_summary level = samples::good_level(concurrency, 100);
      level.info.level = place;
      level.info.trial = off < 1 ? 1 : 2;
      level.rates.output_tokens_per_s = std::min(concurrency, 4U) * 50.0 * off;
      level.rates.requests_per_s = std::min(concurrency, 4U) * 5.0 * off;
      samples::add(run, level);
    }
    ++place;
  }
  return run;
}

TEST(knee_report, of_a_sweep_is_in_the_summary_and_on_one_line_of_the_report) {
  const analyzed_run run = sweep_over({1, 2, 8, 16});
  const json::value knee = summary_json(run).at("knee");
  EXPECT_EQ(knee.at("kind"), "concurrency");
  EXPECT_EQ(knee.at("metric"), "output_tokens_per_s");
  EXPECT_NEAR(knee.at("load").to_number<double>(), 4, 1e-6);
  EXPECT_NEAR(knee.at("throughput").to_number<double>(), 200, 1e-6);
  EXPECT_NEAR(knee.at("interval").at(0).to_number<double>(), 2, 1e-9);
  EXPECT_NEAR(knee.at("interval").at(1).to_number<double>(), 8, 1e-9);
  EXPECT_EQ(knee.at("reason"), nullptr);
  EXPECT_NE(console_report(run).find("knee: concurrency 4.000 (between 2 and 8); beyond it tokens/s stay near 200.0\n"),
            std::string::npos)
      << console_report(run);
}

TEST(knee_report, without_one_the_reason_is_told_and_below_four_loads_nothing) {
  const analyzed_run growing = sweep_over({1, 2, 3, 4});
  const json::value knee = summary_json(growing).at("knee");
  EXPECT_EQ(knee.at("load"), nullptr);
  EXPECT_EQ(knee.at("interval"), nullptr);
  EXPECT_EQ(knee.at("reason"), "throughput still grows at the highest loads");
  EXPECT_NE(console_report(growing).find("knee: none; throughput still grows"), std::string::npos);
  EXPECT_EQ(summary_json(sweep_over({1, 8, 16})).at("knee"), nullptr);
}

} // namespace
} // namespace loadgen::report
