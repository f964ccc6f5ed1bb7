// A grid of prompt and answer lengths, and lengths asked for against achieved.

#include "report/grid.hpp"
#include "report/lengths.hpp"
#include "unit/report/sample_runs.hpp"

#include <loadgen/report/comparison.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace loadgen::report {
namespace {

metrics::level_summary cell(std::uint32_t concurrency, std::uint32_t level, std::uint32_t input, std::uint32_t output) {
  metrics::level_summary made = samples::good_level(concurrency, 100);
  made.info.level = level;
  made.info.grid_input = input;
  made.info.grid_output = output;
  made.metrics[static_cast<std::size_t>(metrics::metric::ttft)].p50 = input;
  made.metrics[static_cast<std::size_t>(metrics::metric::tpot)].p50 = output;
  made.rates.output_tokens_per_s = 1000.0 * concurrency + input / 10 + output;
  return made;
}

analyzed_run grid_run() {
  analyzed_run run = samples::empty_run();
  std::uint32_t level = 0;
  for (const std::uint32_t concurrency : {1U, 8U})
    for (const std::uint32_t input : {64U, 512U})
      for (const std::uint32_t output : {16U, 128U}) samples::add(run, cell(concurrency, level++, input, output));
  return run;
}

TEST(grid, is_a_table_for_each_load) {
  const analyzed_run run = grid_run();
  EXPECT_EQ(grid_section(run, level_naming{run}), "grid of prompt and answer lengths, concurrency 1\n"
                                                  "  tokens  - TTFT ms p50 --  - TPOT ms p50 --  -- tokens/s ---\n"
                                                  "      in   out 16  out 128   out 16  out 128  out 16  out 128\n"
                                                  "      64    64.00    64.00    16.00    128.0    1022     1134\n"
                                                  "     512    512.0    512.0    16.00    128.0    1067     1179\n"
                                                  "\n"
                                                  "grid of prompt and answer lengths, concurrency 8\n"
                                                  "  tokens  - TTFT ms p50 --  - TPOT ms p50 --  -- tokens/s ---\n"
                                                  "      in   out 16  out 128   out 16  out 128  out 16  out 128\n"
                                                  "      64    64.00    64.00    16.00    128.0    8022     8134\n"
                                                  "     512    512.0    512.0    16.00    128.0    8067     8179\n");
}

TEST(grid, a_cell_that_the_run_did_not_reach_is_a_dash_and_null) {
  analyzed_run run = samples::empty_run();
  samples::add(run, cell(1, 0, 64, 16));
  samples::add(run, cell(1, 1, 64, 128));
  samples::add(run, cell(1, 2, 512, 16));
  EXPECT_NE(grid_section(run, level_naming{run}).find(" - "), std::string::npos);
  const boost::json::value grids = grid_json(run);
  EXPECT_EQ(grids.at(0).at("ttft_ms_p50"), (boost::json::value{{64.0, 64.0}, {512.0, nullptr}}));
  EXPECT_EQ(grids.at(0).at("output_tokens_per_s").at(0).at(1), 1134.0);
  EXPECT_EQ(grids.at(0).at("in"), (boost::json::value{64, 512}));
}

TEST(grid, wide_ones_have_a_table_for_each_figure) {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t output : {1U, 2U, 3U, 4U, 5U, 6U}) samples::add(run, cell(1, output, 64, output));
  const std::string text = grid_section(run, level_naming{run});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 3 * 3);
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    EXPECT_LE(text.find('\n', begin) - begin, 100U);
}

TEST(grid, other_runs_have_none) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::good_level(8, 100));
  EXPECT_FALSE(has_grid(run));
  EXPECT_EQ(grid_section(run, level_naming{run}), "");
  EXPECT_TRUE(grid_json(run).is_null());
  EXPECT_EQ(lengths_section(run, level_naming{run}), "");
}

TEST(grid, levels_are_named_by_their_cell) {
  const analyzed_run run = grid_run();
  const level_naming naming{run};
  EXPECT_EQ(naming.load(run.levels[3].info), "1:512/128");
  EXPECT_EQ(naming.sentence_name({&run.levels[0], &run.levels[5]}),
            "concurrency 1 in 64 out 16, concurrency 8 in 64 out 128");
}

TEST(grid, runs_are_compared_cell_by_cell) {
  const auto compared = compare_runs(grid_run(), grid_run());
  ASSERT_TRUE(compared) << compared.error().message;
  ASSERT_EQ(compared->levels.size(), 8U);
  EXPECT_EQ(compared->levels[2].grid_input, 512U);
  EXPECT_EQ(compared->levels[2].grid_output, 16U);
  EXPECT_EQ(compared->levels[2].sides[0].trials, 1U);
}

metrics::length_comparison off_by(std::uint64_t tokens) {
  metrics::length_comparison lengths;
  lengths.requests = 100;
  lengths.exact = tokens == 0 ? 100 : 40;
  lengths.max_difference = tokens;
  lengths.asked.mean = 512;
  lengths.achieved.mean = 512 + static_cast<double>(tokens);
  return lengths;
}

TEST(lengths, stand_in_a_table_with_what_they_rest_on) {
  analyzed_run run = samples::empty_run();
  metrics::level_summary level = samples::good_level(8, 100);
  level.input_lengths = off_by(11);
  level.output_lengths = off_by(0);
  samples::add(run, level);
  run.run.info.manifest["workload"] = {{"tokens", {{"source", "estimate"}, {"exact", false}}}};
  EXPECT_EQ(lengths_section(run, level_naming{run}),
            "lengths asked for and achieved, means\n"
            "        ------------ prompt tokens ------------  ------------ answer tokens -------------\n"
            "  conc  asked  achieved   exact  off by at most  asked  achieved    exact  off by at most\n"
            "     8  512.0     523.0  40/100              11  512.0     512.0  100/100               0\n"
            "  prompts: estimated, one token a word: the server's /tokenize was not asked or is not known;\n"
            "           --calibrate probe makes the lengths exact\n");
}

TEST(lengths, a_template_that_was_not_counted_is_told) {
  analyzed_run run = samples::empty_run();
  metrics::level_summary level = samples::good_level(8, 100);
  level.input_lengths = off_by(11);
  samples::add(run, level);
  run.run.info.manifest["workload"] = {
      {"tokens", {{"source", "tokenize"}, {"exact", true}, {"template_known", false}}}};
  EXPECT_NE(lengths_section(run, level_naming{run}).find("without the chat template's tokens"), std::string::npos);
}

TEST(lengths, are_null_where_they_are_not_known) {
  EXPECT_EQ(lengths_json({}), (boost::json::object{{"input", nullptr}, {"output", nullptr}}));
}

} // namespace
} // namespace loadgen::report
