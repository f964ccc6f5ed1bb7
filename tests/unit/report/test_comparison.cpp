#include "metrics/record_writer.hpp"
#include "support/temporary_folder.hpp"
#include "unit/comparison/drawn_level.hpp"

#include <loadgen/report/comparison.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <sstream>
#include <string>

namespace loadgen::report {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using comparison::change;
using comparison::gate_outcome;
using comparison::judgement;
using metrics::recorded_level;

recorded_level lognormal_level(std::uint64_t seed, std::uint32_t lanes, double factor = 1,
                               std::uint64_t requests = 600) {
  std::mt19937_64 random{seed};
  std::lognormal_distribution<double> spread{0, 0.2};
  recorded_level level = comparison::drawn_level(lanes, requests, [&](std::uint64_t) {
    comparison::drawn_request drawn{20 * spread(random), {}};
    for (int i = 0; i < 10; ++i) drawn.gaps.push_back(factor * 5 * spread(random));
    return drawn;
  });
  for (metrics::request_record& record : level.requests) {
    record.usage.input = 100;
    record.usage.cached = 0;
    record.usage.output = 11;
    record.send_time = 0ns;
  }
  return level;
}

metrics::recorded_run run_of(std::string run_id, std::vector<recorded_level> levels) {
  metrics::recorded_run run;
  run.info.run_id = std::move(run_id);
  run.info.epoch = metrics::test_epoch;
  run.info.manifest = json::parse(R"({"label": null, "workload": {"sha256": "0123456789abcdef"},
    "target": {"urls": ["http://a:1"], "model": "m"}, "system": {"kernel": "6.1"}, "versions": {"loadgen": "1"},
    "settings": {"threads": {"value": 1, "source": "default"}, "output": {"value": "x", "source": "flag"}}})")
                          .as_object();
  run.end.emplace().complete = true;
  run.levels = std::move(levels);
  return run;
}

analyzed_run plain_run(std::uint64_t seed, double factor = 1) {
  return analyze(run_of("run" + std::to_string(seed), {lognormal_level(seed, 8, factor)}));
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool warns(const run_comparison& compared, std::string_view part) {
  return std::any_of(compared.warnings.begin(), compared.warnings.end(),
                     [part](const std::string& warning) { return says(warning, part); });
}

const change& change_of(const run_comparison& compared, std::string_view figure, std::size_t level = 0) {
  return comparison::change_of(compared.levels[level].changes, figure);
}

change_gate_check check(const run_comparison& compared, std::string_view gate) {
  return check_change_gate(compared, comparison::parse_change_gate(gate).value());
}

TEST(compare_runs, of_one_workload_has_no_warning_and_finds_the_change) {
  const auto compared = compare_runs(plain_run(1), plain_run(2, 1.1));
  ASSERT_TRUE(compared) << compared.error().message;
  EXPECT_EQ(compared->how, comparison::pairing::requests);
  EXPECT_EQ(change_of(*compared, "itl_p50").verdict, judgement::worse);
  EXPECT_EQ(compared->levels.front().concurrency, 8U);
  EXPECT_TRUE(compared->warnings.empty()) << compared->warnings.front();
  EXPECT_GT(compared->headline_counts().tested, 4U);
  EXPECT_GE(compared->headline_counts().differ, 3U);
}

TEST(compare_runs, refuses_different_workloads_unless_told_to) {
  metrics::recorded_run other = run_of("other", {lognormal_level(2, 8)});
  other.info.manifest["workload"].as_object()["sha256"] = "fedcba9876543210";
  const analyzed_run a = plain_run(1), b = analyze(std::move(other));
  EXPECT_EQ(compare_runs(a, b).error().message,
            "the workloads differ: sha256 0123456789ab in A, fedcba987654 in B; compare runs of the same plan, or give "
            "--allow-different-workloads");
  const auto compared = compare_runs(a, b, {.statistics = {}, .allow_different_workloads = true});
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->how, comparison::pairing::none);
  EXPECT_TRUE(warns(*compared, "the workloads differ"));
}

TEST(compare_runs, refuses_a_workload_that_is_not_known) {
  metrics::recorded_run killed = run_of("killed", {lognormal_level(2, 8)});
  killed.info.manifest["workload"].as_object()["sha256"] = nullptr;
  const analyzed_run b = analyze(killed);
  EXPECT_TRUE(says(compare_runs(plain_run(1), b).error().message, "0123456789ab in A, not known in B"));
  EXPECT_TRUE(compare_runs(b, b).has_error());
}

TEST(compare_runs, matches_levels_by_their_load_and_names_the_others) {
  const analyzed_run a = analyze(run_of("a", {lognormal_level(1, 8), lognormal_level(2, 16)}));
  const analyzed_run b =
      analyze(run_of("b", {lognormal_level(3, 32), lognormal_level(4, 16, 1.1), lognormal_level(5, 64)}));
  const auto compared = compare_runs(a, b);
  ASSERT_TRUE(compared);
  ASSERT_EQ(compared->levels.size(), 1U);
  EXPECT_EQ(compared->levels.front().concurrency, 16U);
  EXPECT_EQ(change_of(*compared, "itl_p50").a, a.levels[1].of(metrics::metric::itl).p50);
  EXPECT_TRUE(warns(*compared, "only A has concurrency 8: passed over"));
  EXPECT_TRUE(warns(*compared, "only B has concurrency 32, concurrency 64: passed over"));
}

TEST(compare_runs, without_a_common_level_compares_nothing) {
  const analyzed_run other = analyze(run_of("b", {lognormal_level(3, 32)}));
  EXPECT_EQ(compare_runs(plain_run(1), other).error().message,
            "no level is in both runs: A has concurrency 8, B has concurrency 32");
}

TEST(compare_runs, takes_trials_together_where_both_have_several) {
  const auto trials = [](std::uint64_t seed, double factor) {
    std::vector<recorded_level> levels;
    for (std::uint32_t trial = 1; trial <= 3; ++trial) {
      levels.push_back(lognormal_level(seed + trial, 8, factor, 100));
      levels.back().info.trial = trial;
    }
    return levels;
  };
  const auto compared = compare_runs(analyze(run_of("a", trials(10, 1))), analyze(run_of("b", trials(20, 1.2))));
  ASSERT_TRUE(compared);
  ASSERT_EQ(compared->levels.size(), 1U);
  EXPECT_TRUE(compared->levels.front().over_trials);
  EXPECT_EQ(compared->levels.front().sides[0].completed, 300U);
  EXPECT_EQ(change_of(*compared, "itl_p50").verdict, judgement::worse);
  EXPECT_TRUE(says(comparison_report(*compared), "concurrency 8: over 3 and 3 trials\n"));
  const auto single = compare_runs(analyze(run_of("a", trials(10, 1))), plain_run(2));
  EXPECT_TRUE(warns(*single, "concurrency 8: 3 and 1 trials ran to their end; the first of each are compared"));
}

TEST(compare_runs, warns_of_what_makes_the_runs_unlike) {
  recorded_level level = lognormal_level(2, 8);
  for (std::size_t i = 0; i < level.requests.size(); ++i) {
    level.requests[i].usage.output = 12;
    level.requests[i].usage.cached = 50;
    if (i % 20 == 0) {
      level.requests[i].end = metrics::outcome::failed;
      level.requests[i].why = metrics::cause::http_status;
    }
  }
  level.end->cut_short = true;
  level.requests[1].chunks[0].flags |= metrics::chunk_stamp::user_stamped; // the audit is no longer ok
  metrics::recorded_run run = run_of("b", {std::move(level)});
  run.info.manifest["target"] = {{"urls", {"http://b:2"}}, {"model", "n"}};
  run.info.manifest["system"].as_object()["kernel"] = "6.5";
  run.info.manifest["settings"].as_object()["threads"].as_object()["value"] = 2;
  run.info.manifest["settings"].as_object()["output"].as_object()["value"] = "y";
  const auto compared = compare_runs(plain_run(1), analyze(std::move(run)));
  ASSERT_TRUE(compared);
  EXPECT_TRUE(warns(*compared, "different servers: http://a:1 and http://b:2"));
  EXPECT_TRUE(warns(*compared, "different models: m and n"));
  EXPECT_TRUE(warns(*compared, "settings differ (A and B): threads (1 and 2)"));
  EXPECT_FALSE(warns(*compared, "output ("));
  EXPECT_TRUE(warns(*compared, "different machines (A and B): kernel (\"6.1\" and \"6.5\")"));
  EXPECT_TRUE(warns(*compared, "11.00 and 12.00 output tokens a request"));
  EXPECT_TRUE(warns(*compared, "0% and 50% of the input tokens"));
  EXPECT_TRUE(warns(*compared, "0% and 5.0% of the requests failed"));
  EXPECT_TRUE(warns(*compared, "concurrency 8: B did not run to its end"));
  EXPECT_TRUE(warns(*compared, "concurrency 8: the audit of B says degraded"));
  const std::string text = comparison_report(*compared);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(change_gates, are_held_against_every_level_and_a_failed_one_counts_most) {
  const analyzed_run a = analyze(run_of("a", {lognormal_level(1, 8), lognormal_level(2, 16)}));
  const analyzed_run b = analyze(run_of("b", {lognormal_level(3, 8), lognormal_level(4, 16, 1.1)}));
  const auto compared = compare_runs(a, b);
  ASSERT_TRUE(compared);
  EXPECT_EQ(check(*compared, "itl_p50 <= +20%").line, "gate itl_p50 <= +20%: holds");
  const change_gate_check failed = check(*compared, "itl_p50 <= +5%");
  EXPECT_EQ(failed.outcome, gate_outcome::fails);
  EXPECT_TRUE(says(failed.line, "gate itl_p50 <= +5%: fails: +")) << failed.line;
  EXPECT_TRUE(says(failed.line, "%) at concurrency 16")) << failed.line;
  EXPECT_FALSE(says(failed.line, "concurrency 8")) << failed.line;
  const change_gate_check untold = check(*compared, "ttft_p99_9 <= +5%");
  EXPECT_EQ(untold.outcome, gate_outcome::cannot_tell);
  EXPECT_TRUE(says(untold.line, "cannot tell: ")) << untold.line;
  EXPECT_TRUE(says(untold.line, "too few samples beyond the percentile at concurrency 8")) << untold.line;
  EXPECT_EQ(check(*compared, "ttft_planned_p50 <= +5%").line,
            "gate ttft_planned_p50 <= +5%: fails: not measured in both at concurrency 8, not measured in both at "
            "concurrency 16");
}

TEST(comparison_json, has_all_figures_of_all_levels) {
  const auto compared = compare_runs(plain_run(1), plain_run(2, 1.1));
  ASSERT_TRUE(compared);
  const json::object root = comparison_json(*compared, {check(*compared, "itl_p50 <= +20%")});
  EXPECT_EQ(root.at("schema"), "loadgen.compare/1");
  EXPECT_EQ(root.at("a").at("run_id"), "run1");
  EXPECT_EQ(root.at("a").at("label"), nullptr);
  EXPECT_EQ(root.at("pairing"), "requests");
  EXPECT_EQ(root.at("gates").at(0).at("outcome"), "holds");
  const json::value& level = root.at("levels").at(0);
  EXPECT_EQ(level.at("observations"), "batches");
  EXPECT_EQ(level.at("b").at("output_tokens_per_request"), 11.0);
  EXPECT_EQ(level.at("figures").as_object().size(), comparison::all_figures().size());
  const json::object& itl = level.at("figures").at("itl_p50").as_object();
  const change& of = change_of(*compared, "itl_p50");
  EXPECT_EQ(itl.at("verdict"), "worse");
  EXPECT_EQ(itl.at("reason"), nullptr);
  EXPECT_EQ(itl.at("change"), *of.relative);
  EXPECT_EQ(itl.at("difference"), *of.b - *of.a);
  EXPECT_EQ(itl.at("interval").at(0), of.interval->low);
  EXPECT_EQ(itl.at("p_holm"), *of.adjusted_p);
  const json::object& planned = level.at("figures").at("ttft_planned_p50").as_object();
  EXPECT_EQ(planned.at("change"), nullptr);
  EXPECT_EQ(planned.at("interval"), nullptr);
  EXPECT_EQ(planned.at("reason"), "not_measured");
}

TEST(comparison_markdown, is_a_table_whose_cells_nobody_can_break_out_of) {
  metrics::recorded_run run = run_of("b", {lognormal_level(2, 8, 1.1)});
  run.info.manifest["label"] = "a|b <img> @all";
  const auto compared = compare_runs(plain_run(1), analyze(std::move(run)));
  ASSERT_TRUE(compared);
  const std::string text = comparison_markdown(*compared, {check(*compared, "itl_p50 <= +5%")});
  EXPECT_TRUE(says(text, "\n#### concurrency 8: 600 and 600 completed requests\n")) << text;
  EXPECT_TRUE(says(text, "\n| `itl_p50 ms` | ")) << text;
  EXPECT_TRUE(says(text, " | **worse** |\n")) << text;
  EXPECT_TRUE(says(text, "a\\|b \\<img\\> \\@all")) << text;
  EXPECT_TRUE(says(text, "\n- **gate itl\\_p50 \\<= +5%: fails")) << text;
}

/// A run with --ab: positions 2k and 2k + 1 went to one target each, in turns.
void write_interleaved(const std::filesystem::path& folder, double factor, json::object manifest) {
  std::filesystem::create_directories(folder / "raw");
  metrics::run_info info;
  info.run_id = "both";
  info.epoch = metrics::test_epoch;
  info.manifest = std::move(manifest);
  auto writer = metrics::record_writer::create(folder / "raw/records.bin", info).value();
  const recorded_level a = lognormal_level(1, 8), b = lognormal_level(2, 8, factor);
  metrics::level_info begun = a.info;
  begun.planned = 1'200;
  writer.begin_level(begun).value();
  for (std::size_t pair = 0; pair < a.requests.size(); ++pair)
    for (const std::size_t place : {0U, 1U}) {
      const auto target = static_cast<std::uint16_t>((pair + place) % 2);
      metrics::request_record record = (target == 0 ? a : b).requests[pair];
      record.index = 2 * pair + place;
      record.target = target;
      writer.append(record).value();
    }
  writer.end_level(*a.end).value();
  metrics::run_end end;
  end.complete = true;
  writer.end_run(end).value();
  writer.flush().value();
}

const json::object interleaved_manifest{{"ab", true},
                                        {"target", {{"urls", {"http://a:1", "http://b:2"}}, {"model", "m"}}}};

TEST(compare_targets, splits_the_records_of_one_run) {
  const test::temporary_folder folder;
  write_interleaved(folder.path(), 1.1, interleaved_manifest);
  const auto compared = compare_targets(folder.path());
  ASSERT_TRUE(compared) << compared.error().message;
  EXPECT_EQ(compared->how, comparison::pairing::interleaved);
  EXPECT_EQ(compared->sides[0].urls, "http://a:1");
  EXPECT_EQ(compared->sides[1].urls, "http://b:2");
  EXPECT_EQ(compared->levels.front().sides[1].completed, 600U);
  EXPECT_EQ(change_of(*compared, "itl_p50").verdict, judgement::worse);
  const auto alone = metrics::summarize(lognormal_level(2, 8, 1.1));
  EXPECT_NEAR(*change_of(*compared, "itl_p99").b, *alone.of(metrics::metric::itl).p99, 1e-9);
  EXPECT_EQ(change_of(*compared, "requests_per_s").why, comparison::obstacle::common_loop);
  EXPECT_TRUE(says(comparison_report(*compared), "in turn within one run"));
}

TEST(compare_targets, in_bounded_memory_has_changes_without_intervals) {
  const test::temporary_folder folder;
  json::object manifest = interleaved_manifest;
  manifest["bounded"] = true;
  write_interleaved(folder.path(), 1.1, manifest);
  const auto compared = compare_targets(folder.path());
  ASSERT_TRUE(compared);
  EXPECT_NEAR(*change_of(*compared, "itl_p50").relative, 0.1, 0.02);
  EXPECT_EQ(change_of(*compared, "itl_p50").why, comparison::obstacle::histograms);
  const auto exact = compare_targets(folder.path(), {}, metrics::sample_keeping::all);
  EXPECT_TRUE(change_of(*exact, "itl_p50").interval);
}

TEST(compare_targets, refuses_a_run_that_did_not_take_turns) {
  const test::temporary_folder folder;
  write_interleaved(folder.path(), 1, {});
  EXPECT_TRUE(says(compare_targets(folder.path()).error().message, "is no run with --ab"));
}

TEST(publish_target_comparison, writes_it_beside_the_summary) {
  const test::temporary_folder folder;
  write_interleaved(folder.path(), 1, interleaved_manifest);
  ASSERT_TRUE(publish_target_comparison(folder.path()));
  const json::value written = json::parse(test::text_of(folder.path() / "summary/compare.json"));
  EXPECT_EQ(written.at("schema"), "loadgen.compare/1");
  EXPECT_EQ(written.at("pairing"), "interleaved");
}

} // namespace
} // namespace loadgen::report
