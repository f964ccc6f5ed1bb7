// Synthetic prompts against servers that tell how many tokens they have: what was asked for is what comes.

#include "integration/reference_run.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/serve/truth.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using words = std::vector<std::string>;

words quick_server(const words& more) {
  words options{"--ttft", "2ms", "--itl", "200us", "--chat-overhead", "11"};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

/// A run against the reference server, and what came of it.
struct made_run {
  process_result ended;
  json::object summary, tokens;
  std::vector<serve::truth_record> truth;
  metrics::recorded_run records;

  [[nodiscard]] const json::value& level(std::size_t place) const { return summary.at("levels").at(place); }
};

made_run run_against(const words& serve_options, words run_options, const variables& environment = {}) {
  reference_server server{quick_server(serve_options)};
  const temporary_folder results;
  made_run made;
  made.ended = run_process(run_command(server.url(), results, run_options), environment);
  const fs::path folder = run_folder_in(results);
  if (folder.empty()) return made;
  made.summary = summary_of(folder);
  const json::value& tokens = made.summary.at("workload").at("tokens");
  if (tokens.is_object()) made.tokens = tokens.get_object();
  made.truth = serve::read_truth(server.stop()).value();
  made.records = metrics::read_records(folder / "raw/records.bin").value();
  return made;
}

/// Every request's prompt had the tokens it was asked to have, by the server's own count.
void expect_exact(const made_run& made, std::size_t requests) {
  ASSERT_EQ(made.ended.exit_code, 0) << made.ended.err;
  std::size_t seen = 0;
  for (const metrics::recorded_level& level : made.records.levels)
    for (const metrics::request_record& request : level.requests) {
      EXPECT_EQ(request.usage.input, request.asked_input);
      EXPECT_EQ(request.usage.output, request.asked_output);
      ++seen;
    }
  EXPECT_EQ(seen, requests);
  for (const json::value& level : made.summary.at("levels").as_array()) {
    const json::value& input = level.at("lengths").at("input");
    EXPECT_EQ(input.at("exact"), input.at("requests"));
    EXPECT_EQ(input.at("max_difference"), 0);
    EXPECT_EQ(input.at("asked"), input.at("achieved"));
  }
}

TEST(synthetic, every_prompt_is_as_long_as_asked_by_the_count_of_vllms_tokenize) {
  const made_run made = run_against({}, {"--dataset", "synthetic:in=lognormal(100,0.7),out=uniform(1,6)",
                                         "--concurrency", "1,4", "--requests", "60", "--warmup", "5", "--quiet"});
  expect_exact(made, 130);
  EXPECT_EQ(made.tokens.at("source"), "tokenize");
  EXPECT_EQ(made.tokens.at("tokenize_form"), "vllm-messages");
  EXPECT_EQ(made.tokens.at("exact"), true);
  EXPECT_EQ(made.tokens.at("overhead"), 12);
  EXPECT_EQ(made.tokens.at("questions"), 5);
  EXPECT_EQ(made.tokens.at("probes"), 0);
  EXPECT_EQ(made.truth.size(), 130U); // and nothing else was asked of it
}

TEST(synthetic, a_template_that_tokenize_does_not_tell_is_found_by_probes) {
  for (const std::string form : {"sglang", "llamacpp"}) {
    const made_run made = run_against({"--tokenize", form}, {"--dataset", "synthetic:in=uniform(20,90),out=2",
                                                             "--calibrate", "probe", "--requests", "20", "--quiet"});
    expect_exact(made, 20);
    EXPECT_EQ(made.tokens.at("tokenize_form"), form == "sglang" ? "prompt" : "llamacpp");
    EXPECT_EQ(made.tokens.at("source"), "probe");
    EXPECT_EQ(made.tokens.at("probes"), 3);
    EXPECT_EQ(made.truth.size(), 23U);
    EXPECT_EQ(std::count_if(made.truth.begin(), made.truth.end(), [](const auto& one) { return one.tokens == 1; }), 3);
  }
}

TEST(synthetic, probes_alone_will_do) {
  const made_run made = run_against({"--tokenize", "none"}, {"--dataset", "synthetic:in=uniform(20,90),out=2",
                                                             "--calibrate", "probe", "--requests", "20"});
  expect_exact(made, 20);
  EXPECT_EQ(made.tokens.at("questions"), 0);
  EXPECT_EQ(made.tokens.at("probes"), 4);
  EXPECT_EQ(made.truth.size(), 24U);
  EXPECT_NE(made.ended.err.find("4 probes for one token were sent"), std::string::npos) << made.ended.err;
}

TEST(synthetic, without_leave_to_probe_lengths_are_told_to_be_off) {
  const made_run made = run_against({"--tokenize", "none"}, {"--dataset", "synthetic:in=40,out=2", "--requests", "10"});
  ASSERT_EQ(made.ended.exit_code, 0) << made.ended.err;
  EXPECT_EQ(made.truth.size(), 10U);
  EXPECT_EQ(made.tokens.at("source"), "estimate");
  EXPECT_EQ(made.tokens.at("exact"), false);
  const json::value& input = made.level(0).at("lengths").at("input");
  EXPECT_EQ(input.at("exact"), 0);
  EXPECT_EQ(input.at("max_difference"), 11);
  EXPECT_EQ(input.at("asked").at("mean").to_number<double>(), 40);
  EXPECT_EQ(input.at("achieved").at("mean").to_number<double>(), 51);
  EXPECT_NE(made.ended.out.find("estimated, one token a word"), std::string::npos) << made.ended.out;
}

TEST(synthetic, completions_have_no_template) {
  const made_run made =
      run_against({"--tokenize", "llamacpp"}, {"--endpoint", "completions", "--dataset", "synthetic:in=uniform(5,50)",
                                               "--max-tokens", "2", "--requests", "20", "--quiet"});
  expect_exact(made, 20);
  EXPECT_EQ(made.tokens.at("template_known"), true);
}

TEST(synthetic, every_endpoint_gets_prompts_of_exact_lengths) {
  for (const std::string endpoint : {"responses", "llamacpp", "tgi", "sglang"})
    for (const std::string form : {"llamacpp", "none"}) {
      const made_run made =
          run_against({"--tokenize", form}, {"--endpoint", endpoint, "--dataset", "synthetic:in=uniform(20,60),out=3",
                                             "--calibrate", "probe", "--requests", "10", "--quiet"});
      expect_exact(made, 10);
    }
  const made_run streams = run_against(
      {}, {"--endpoint", "generate", "--dataset", "synthetic:in=uniform(20,60),out=3", "--requests", "10", "--quiet"});
  expect_exact(streams, 10);
}

TEST(synthetic, what_was_found_is_kept_by_server_and_model) {
  reference_server server{quick_server({})};
  const temporary_folder cache, results;
  const variables environment{{"XDG_CACHE_HOME", cache.path().string()}};
  const auto questions = [&](const words& more) {
    const temporary_folder out;
    words options{"--dataset", "synthetic:in=40,out=1", "--requests", "3", "--quiet"};
    options.insert(options.end(), more.begin(), more.end());
    const process_result ended = run_process(run_command(server.url(), out, options), environment);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    const json::value tokens = summary_of(run_folder_in(out)).at("workload").at("tokens");
    EXPECT_EQ(tokens.at("exact"), true);
    return std::pair{tokens.at("questions").to_number<int>(), tokens.at("from_cache").as_bool()};
  };
  EXPECT_EQ(questions({}), (std::pair{5, false}));
  EXPECT_EQ(questions({}), (std::pair{3, true}));
  EXPECT_EQ(questions({"--model", "another"}), (std::pair{5, false}));
  for (const auto& entry : fs::recursive_directory_iterator{cache.path()})
    if (entry.is_regular_file()) std::ofstream{entry.path()} << "{\"version\":1,\"words\":[\"\\u0000\"]}";
  EXPECT_EQ(questions({}), (std::pair{5, false})); // what is of no use is as good as none
}

TEST(synthetic, a_grid_measures_each_cell_on_its_own) {
  const made_run made = run_against({}, {"--grid", "in=30,60", "out=2,5,9", "--concurrency", "1,2", "--requests", "6"});
  expect_exact(made, 72);
  const json::array& levels = made.summary.at("levels").as_array();
  ASSERT_EQ(levels.size(), 12U);
  std::size_t place = 0;
  for (const int concurrency : {1, 2})
    for (const int input : {30, 60})
      for (const int output : {2, 5, 9}) {
        const json::value& level = levels.at(place++);
        EXPECT_EQ(level.at("concurrency"), concurrency);
        EXPECT_EQ(level.at("grid"), (json::value{{"in", input}, {"out", output}}));
        EXPECT_EQ(level.at("tokens").at("input"), 6 * input);
        EXPECT_EQ(level.at("tokens").at("output"), 6 * output);
      }
  const json::array& grids = made.summary.at("grid").as_array();
  ASSERT_EQ(grids.size(), 2U);
  EXPECT_EQ(grids.at(1).at("in"), (json::value{30, 60}));
  EXPECT_EQ(grids.at(1).at("out"), (json::value{2, 5, 9}));
  EXPECT_EQ(grids.at(1).at("ttft_ms_p50").at(1).at(2), levels.at(11).at("metrics").at("ttft_ms").at("p50"));
  EXPECT_EQ(grids.at(0).at("tpot_ms_p50").at(0).at(1), levels.at(1).at("metrics").at("tpot_ms").at("p50"));
  EXPECT_NE(made.ended.out.find("grid of prompt and answer lengths, concurrency 2"), std::string::npos);
}

TEST(synthetic, trials_and_rates_have_grids_too) {
  const made_run made =
      run_against({}, {"--grid", "out=1,2", "in=20", "--rate", "200", "--trials", "2", "--requests", "10", "--quiet"});
  expect_exact(made, 40);
  ASSERT_EQ(made.summary.at("levels").as_array().size(), 4U);
  EXPECT_EQ(made.level(1).at("trial"), 2);
  EXPECT_EQ(made.level(1).at("grid").at("out"), 1);
  EXPECT_EQ(made.level(2).at("grid").at("out"), 2);
  EXPECT_EQ(made.summary.at("trials").as_array().size(), 2U);
  EXPECT_EQ(made.summary.at("trials").at(1).at("grid").at("out"), 2);
}

// One request after the other: of the 100, 75 have the prefix, and all but the first of them find it.
TEST(synthetic, the_share_that_was_asked_for_hits_the_prefix_cache) {
  const made_run made = run_against({"--prefix-cache", "16"},
                                    {"--dataset", "synthetic:in=200,out=1,prefix=128,hit=0.75", "--requests", "100"});
  expect_exact(made, 100);
  std::size_t hits = 0;
  for (const metrics::request_record& request : made.records.levels.front().requests) {
    EXPECT_TRUE(request.usage.cached == 0U || request.usage.cached == 128U) << *request.usage.cached;
    hits += request.usage.cached == 128U ? 1U : 0U;
  }
  EXPECT_GE(hits, 73U); // 75 to one, less the first
  EXPECT_LE(hits, 75U);
  const auto cached =
      static_cast<std::size_t>(made.level(0).at("tokens").at("cached_input").to_number<std::uint64_t>());
  EXPECT_EQ(cached, hits * 128);
  EXPECT_NE(made.ended.out.find("% of the input tokens came from the server's prefix cache"), std::string::npos);
}

TEST(synthetic, levels_do_not_warm_the_cache_for_one_another_and_trials_do_unless_they_are_salted) {
  const auto cached = [](const words& more) {
    words options{"--dataset", "synthetic:in=100,out=1", "--requests", "10"};
    options.insert(options.end(), more.begin(), more.end());
    const made_run made = run_against({"--prefix-cache", "16"}, options);
    EXPECT_EQ(made.ended.exit_code, 0) << made.ended.err;
    return std::pair{made.level(1).at("tokens").at("cached_input").to_number<int>(), made.ended.out};
  };
  EXPECT_EQ(cached({"--concurrency", "1,2"}).first, 0);
  EXPECT_EQ(cached({"--trials", "2", "--prompt-salt", "trial"}).first, 0);
  const auto [warmed, report] = cached({"--trials", "2"});
  EXPECT_EQ(warmed, 960); // six blocks of each prompt
  EXPECT_NE(report.find("concurrency 1 trial 2: 96% of the input tokens came from the server's prefix cache"),
            std::string::npos)
      << report;
}

TEST(synthetic, a_trace_is_sent_with_its_prompt_lengths_and_shared_blocks) {
  const temporary_folder folder;
  const fs::path trace = folder.path() / "trace.jsonl";
  std::ofstream{trace} << R"({"timestamp":0,"input_length":1100,"output_length":3,"hash_ids":[1,2,3]})" << '\n'
                       << R"({"timestamp":200,"input_length":1300,"output_length":2,"hash_ids":[1,2,4]})" << '\n'
                       << R"({"timestamp":400,"input_length":700,"output_length":1,"hash_ids":[1,5]})" << '\n'
                       << R"({"timestamp":600,"input_length":40,"output_length":1,"hash_ids":[6]})" << '\n';
  const made_run made = run_against({"--prefix-cache", "16"}, {"--trace", trace.string(), "--quiet"});
  expect_exact(made, 4);
  std::vector<std::uint32_t> asked, cached;
  for (const metrics::request_record& request : made.records.levels.front().requests) {
    asked.push_back(request.asked_input);
    cached.push_back(*request.usage.cached);
  }
  EXPECT_EQ(asked, (std::vector<std::uint32_t>{1100, 1300, 700, 40}));
  EXPECT_EQ(cached, (std::vector<std::uint32_t>{0, 1024, 512, 0})); // two blocks of 512, then one
}

TEST(synthetic, a_trace_with_prompts_of_ones_own_takes_its_moments_and_budgets_alone) {
  const made_run made =
      run_against({}, {"--trace", LOADGEN_TEST_DATA "/traces/mooncake.jsonl", "--prompt", "Say hi.", "--quiet"});
  ASSERT_EQ(made.ended.exit_code, 0) << made.ended.err;
  EXPECT_EQ(made.truth.size(), 4U);
  EXPECT_TRUE(made.level(0).at("lengths").at("input").is_null());
  EXPECT_EQ(made.level(0).at("tokens").at("asked_output"), 19);
}

TEST(synthetic, lengths_can_be_drawn_from_those_of_a_trace) {
  const made_run made = run_against(
      {}, {"--dataset", "synthetic:trace=" LOADGEN_TEST_DATA "/traces/azure.csv", "--requests", "40", "--quiet"});
  ASSERT_EQ(made.ended.exit_code, 0) << made.ended.err;
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const metrics::request_record& request : made.records.levels.front().requests) {
    pairs.emplace(request.asked_input, request.asked_output);
    EXPECT_EQ(request.usage.input, request.asked_input);
  }
  EXPECT_EQ(pairs.size(), 3U); // as many as the trace has, each prompt with its own answer
}

TEST(synthetic, the_bytes_are_those_of_the_seed_whatever_the_workers) {
  const auto hash = [](const words& more) {
    words options{"--dataset", "synthetic:in=uniform(20,40),out=1,prefix=4,hit=0.5", "--requests", "30", "--quiet"};
    options.insert(options.end(), more.begin(), more.end());
    return std::string{run_against({}, options).summary.at("workload").at("sha256").as_string()};
  };
  const std::string one = hash({"--seed", "7"});
  EXPECT_EQ(hash({"--seed", "7", "--threads", "3", "--concurrency", "5"}), one);
  EXPECT_NE(hash({"--seed", "8"}), one);
}

TEST(synthetic, a_length_that_no_prompt_of_the_server_can_have_is_refused) {
  const made_run made = run_against({}, {"--dataset", "synthetic:in=12,out=1"});
  EXPECT_EQ(made.ended.exit_code, 2);
  EXPECT_EQ(made.ended.err, "loadgen: --dataset: in=12 is shorter than the shortest prompt of this server and model, "
                            "which has 13 tokens with the chat template\n");
  const made_run grid = run_against({}, {"--grid", "in=12,40", "out=1"});
  EXPECT_EQ(grid.ended.exit_code, 2);
  EXPECT_EQ(grid.ended.err,
            "loadgen: --grid: in=12 is shorter than the shortest prompt of this server and model, which "
            "has 13 tokens\n");
}

TEST(synthetic, bad_input_is_one_line_that_names_the_flag_and_nothing_is_sent) {
  struct refused {
    words options;
    std::string message;
  };

  const std::vector<refused> all{
      {{"--dataset", "synthetic:in=few"}, "--dataset: 'few' is not a length"},
      {{"--dataset", "synthetic:out=4"}, "--dataset: no prompt length; expected in=LENGTH or trace=FILE"},
      {{"--dataset", "synthetic:trace=/nonexistent"}, "--dataset: cannot read '/nonexistent'"},
      {{"--dataset", "synthetic:in=4,trace=x"}, "--dataset: 'in' excludes 'trace'"},
      {{"--dataset", "synthetic:in=8,prefix=9"}, "--dataset: in=8 has no room behind the prefix of 9 tokens"},
      {{"--dataset", "synthetic:in=8", "--dataset-limit", "3"}, "--dataset-limit: is of a dataset in a file"},
      {{"--grid", "in=8", "in=9"}, "--grid: 'in=9' is not valid; expected different lengths"},
      {{"--grid", "in=8,8", "out=9"}, "--grid: 'in=8,8' is not valid"},
      {{"--grid", "in=8,", "out=9"}, "--grid: 'in=8,' is not valid"},
      {{"--grid", "in=0", "out=9"}, "--grid: 'in=0' is not valid"},
      {{"--grid", "in=8", "out=9", "--prompt", "Hi"}, "--grid: is for synthetic prompts, and excludes --prompt"},
      {{"--grid", "in=8", "out=9", "--dataset", "synthetic:in=8"}, "--dataset: --grid gives the lengths"},
      {{"--grid", "in=8", "out=9", "--dataset", "synthetic:prefix=8"},
       "--dataset: a prefix of 8 tokens has no room in prompts of 8"},
      {{"--grid", "in=8", "out=9", "--trace", LOADGEN_TEST_DATA "/traces/azure.csv"}, "--grid: excludes --trace"},
      {{"--calibrate", "guess"}, "--calibrate: 'guess'"},
      {{"--calibrate", "probe"}, "--calibrate: is for synthetic prompts"},
  };
  for (const refused& each : all) {
    const made_run made = run_against({}, each.options);
    EXPECT_EQ(made.ended.exit_code, 2) << each.message;
    EXPECT_EQ(made.ended.err.find("loadgen: " + each.message), 0U) << made.ended.err;
    EXPECT_EQ(std::count(made.ended.err.begin(), made.ended.err.end(), '\n'), 1) << made.ended.err;
  }
}

} // namespace
} // namespace loadgen::test
