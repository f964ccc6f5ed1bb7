#include "simulated_servers.hpp"

#include <gtest/gtest.h>

#include <set>

namespace loadgen::search::test {
namespace {

constexpr std::uint64_t enough = 500;

search_settings settings_of(load_kind kind, double least, double most) {
  return {.kind = kind, .least = least, .most = most};
}

simulated_server sharp_server(load_kind kind, double capacity) {
  return [kind, capacity](const search_step& step) { return sharp_trial(step.load, capacity, enough, kind); };
}

TEST(capacity_search, finds_every_concurrency_exactly) {
  search_settings settings = settings_of(load_kind::concurrency, 1, 64);
  settings.precision = 0.01;
  for (int capacity = 1; capacity < 64; ++capacity) {
    const search_result found = search_on(settings, sharp_server(settings.kind, capacity));
    EXPECT_EQ(found.highest_held, capacity);
    EXPECT_EQ(found.lowest_failed, capacity + 1);
    EXPECT_TRUE(found.bracketed());
    EXPECT_TRUE(found.finished);
    EXPECT_EQ(found.reason, "");
  }
}

TEST(capacity_search, brackets_every_rate_within_the_precision) {
  const search_settings settings = settings_of(load_kind::rate, 0.05, 1024);
  for (double capacity = 0.06; capacity < 1000; capacity *= 1.37) {
    const search_result found = search_on(settings, sharp_server(settings.kind, capacity));
    ASSERT_TRUE(found.bracketed()) << capacity;
    EXPECT_LE(*found.highest_held, capacity);
    EXPECT_GT(*found.lowest_failed, capacity);
    EXPECT_LE(*found.lowest_failed, *found.highest_held * (1 + settings.precision));
    EXPECT_LE(found.steps.size(), 24U);
  }
}

TEST(capacity_search, never_more_than_doubles_what_was_tried_and_goes_down_where_one_fails) {
  std::vector<double> loads;
  search_on(settings_of(load_kind::rate, 0.05, 1024), [&](const search_step& step) {
    loads.push_back(step.load);
    return sharp_trial(step.load, 0.3, enough, load_kind::rate);
  });
  EXPECT_EQ(loads[0], 1); // a queue that grew in one trial alone may be chance, but not with all requests missed
  EXPECT_EQ(loads[1], 0.5);
  EXPECT_EQ(loads[2], 0.25);
  loads.clear();
  search_on(settings_of(load_kind::rate, 3, 1024), [&](const search_step& step) {
    loads.push_back(step.load);
    return sharp_trial(step.load, 100, enough, load_kind::rate);
  });
  EXPECT_EQ((std::vector<double>(loads.begin(), loads.begin() + 7)), (std::vector<double>{3, 6, 12, 24, 48, 96, 192}));
}

TEST(capacity_search, stays_in_its_range) {
  for (const load_kind kind : {load_kind::rate, load_kind::concurrency}) {
    const search_settings settings = settings_of(kind, 3, 50);
    for (const double capacity : {0.5, 1.0, 3.0, 17.0, 49.0, 50.0, 100.0})
      search_on(settings, [&](const search_step& step) {
        EXPECT_GE(step.load, 3);
        EXPECT_LE(step.load, 50);
        return sharp_trial(step.load, capacity, enough, kind);
      });
  }
}

TEST(capacity_search, says_that_the_highest_load_still_holds) {
  const search_result found =
      search_on(settings_of(load_kind::concurrency, 1, 100), sharp_server(load_kind::concurrency, 1000));
  EXPECT_EQ(found.highest_held, 100);
  EXPECT_EQ(found.lowest_failed, std::nullopt);
  EXPECT_FALSE(found.bracketed());
  EXPECT_TRUE(found.finished);
  EXPECT_EQ(found.reason, "the highest load tried still meets the SLO");
}

TEST(capacity_search, says_that_the_lowest_load_already_fails) {
  const search_result found = search_on(settings_of(load_kind::rate, 2, 100), sharp_server(load_kind::rate, 1));
  EXPECT_EQ(found.highest_held, std::nullopt);
  EXPECT_EQ(found.lowest_failed, 2);
  EXPECT_FALSE(found.bracketed());
  EXPECT_EQ(found.reason, "the lowest load already fails");
}

TEST(capacity_search, confirms_both_ends_of_the_interval) {
  for (const std::uint32_t confirmations : {1U, 2U, 4U}) {
    search_settings settings = settings_of(load_kind::concurrency, 1, 64);
    settings.most_trials = 4;
    settings.confirmations = confirmations;
    const search_result found = search_on(settings, sharp_server(settings.kind, 9));
    for (const tried_load& tried : found.loads)
      EXPECT_EQ(tried.trials, tried.load == 9 || tried.load == 10 ? confirmations : 1U);
  }
}

TEST(capacity_search, takes_back_what_a_confirmation_does_not_bear_out) {
  search_settings settings = settings_of(load_kind::concurrency, 1, 64);
  std::map<double, int> trials;
  const search_result found = search_on(settings, [&](const search_step& step) {
    const bool lucky = step.load == 10 && ++trials[step.load] == 1; // by its first trial, 10 holds
    return sharp_trial(step.load, lucky ? 64 : 9, enough, settings.kind);
  });
  EXPECT_EQ(found.highest_held, 9);
  EXPECT_EQ(found.lowest_failed, 10);
  EXPECT_GE(trials[10], 2);
}

TEST(capacity_search, tries_again_what_chance_leaves_open_and_then_narrows_down_from_both_sides) {
  search_settings settings = settings_of(load_kind::rate, 1, 1024);
  settings.required_attainment = 0.9;
  settings.most_trials = 3;
  const search_result found = search_on(settings, [&](const search_step& step) {
    const bool open = step.load > 90 && step.load < 110; // just as many as are required meet the SLO there
    return trial_of(
        500, [&](std::uint64_t i) { return open ? i % 10 != 0 : step.load <= 100; }, false);
  });
  ASSERT_TRUE(found.bracketed());
  EXPECT_LE(*found.highest_held, 90);
  EXPECT_GE(*found.highest_held, 90 / 1.05);
  EXPECT_GE(*found.lowest_failed, 110);
  EXPECT_LE(*found.lowest_failed, 110 * 1.05);
  EXPECT_NE(found.reason.find("the trials do not tell"), std::string::npos) << found.reason;
  for (const tried_load& tried : found.loads) {
    const bool open = tried.load > 90 && tried.load < 110;
    EXPECT_EQ(tried.verdict == load_verdict::undecided, open);
    if (open) {
      EXPECT_EQ(tried.trials, 3U);
    }
  }
}

TEST(capacity_search, with_too_few_requests_it_decides_nothing_and_ends) {
  search_settings settings = settings_of(load_kind::concurrency, 1, 16);
  const search_result found = search_on(settings, [&](const search_step& step) {
    return sharp_trial(step.load, 100, 10, settings.kind); // all meet the SLO, and 30 of 30 do not show 99 %
  });
  EXPECT_EQ(found.highest_held, std::nullopt);
  EXPECT_EQ(found.lowest_failed, std::nullopt);
  EXPECT_TRUE(found.finished);
  EXPECT_EQ(found.reason, "no load was decided: the trials had too few requests to tell whether the SLO is met");
}

TEST(capacity_search, a_rate_whose_queue_grows_fails_although_every_request_meets_the_slo) {
  const search_settings settings = settings_of(load_kind::rate, 1, 1024);
  const search_result found = search_on(settings, [&](const search_step& step) {
    return trial_of(
        enough, [](std::uint64_t) { return true; }, step.load > 70);
  });
  ASSERT_TRUE(found.bracketed());
  EXPECT_LE(*found.highest_held, 70);
  EXPECT_GT(*found.lowest_failed, 70);
}

TEST(capacity_search, one_false_alarm_of_the_queue_is_outvoted) {
  const search_settings settings = settings_of(load_kind::rate, 1, 4);
  int trial = 0;
  const search_result found = search_on(settings, [&](const search_step&) {
    return trial_of(
        enough, [](std::uint64_t) { return true; }, ++trial == 1);
  });
  EXPECT_EQ(found.highest_held, 4);
  EXPECT_EQ(found.loads.front().trials, 3U);
  EXPECT_EQ(found.loads.front().queue_grew, 1U);
}

TEST(capacity_search, a_rate_does_not_hold_before_its_queue_was_seen_in_longer_trials) {
  search_settings settings = settings_of(load_kind::rate, 1, 1);
  std::vector<std::uint32_t> sizes;
  const search_result found = search_on(settings, [&](const search_step& step) {
    sizes.push_back(step.size);
    const bool long_enough = step.size >= 4;
    return trial_of(
        enough, [](std::uint64_t) { return true; }, long_enough ? std::optional{false} : std::nullopt);
  });
  EXPECT_EQ(sizes, (std::vector<std::uint32_t>{1, 2, 4}));
  EXPECT_EQ(found.highest_held, 1);
  const search_result never =
      search_on(settings, [&](const search_step&) { return trial_of(enough, [](std::uint64_t) { return true; }); });
  EXPECT_EQ(never.highest_held, std::nullopt);
}

TEST(capacity_search, a_load_that_holds_above_one_that_fails_is_no_answer_and_is_told) {
  search_settings settings = settings_of(load_kind::concurrency, 1, 8);
  settings.confirmations = 1;
  capacity_search searching{settings};
  for (const double load : {1.0, 2.0, 4.0, 8.0}) {
    ASSERT_EQ(searching.next()->load, load);
    searching.add(load, sharp_trial(load, load == 8 ? 7 : 8, enough, settings.kind));
  }
  searching.add(3, sharp_trial(3, 1, enough, settings.kind)); // something else used the server meanwhile
  const search_result found = searching.result();
  EXPECT_EQ(found.highest_held, 2);
  EXPECT_EQ(found.lowest_failed, 3);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_EQ(
      found.notes[0],
      "concurrency 4 holds although concurrency 3 fails: something else than the load decides, or did for a while");
}

TEST(capacity_search, ended_early_it_tells_what_it_knows) {
  const search_settings settings = settings_of(load_kind::concurrency, 1, 64);
  capacity_search searching{settings};
  EXPECT_EQ(searching.result().reason, "nothing was measured");
  EXPECT_FALSE(searching.result().finished);
  for (int i = 0; i < 4; ++i) {
    const double load = searching.next()->load;
    searching.add(load, sharp_trial(load, 5, enough, settings.kind));
  }
  const search_result found = searching.result();
  EXPECT_EQ(found.highest_held, 4);
  EXPECT_EQ(found.lowest_failed, 8);
  EXPECT_FALSE(found.finished);
  EXPECT_EQ(found.reason, "the search was ended before it was through");
}

TEST(capacity_search, levels_are_numbered_by_load_and_trials_within_them) {
  const search_settings settings = settings_of(load_kind::concurrency, 1, 64);
  std::map<double, std::uint32_t> levels;
  std::set<std::pair<std::uint32_t, std::uint32_t>> places;
  search_on(settings, [&](const search_step& step) {
    EXPECT_EQ(levels.try_emplace(step.load, step.level).first->second, step.level);
    EXPECT_TRUE(places.emplace(step.level, step.trial).second);
    return sharp_trial(step.load, 11, enough, settings.kind);
  });
  EXPECT_EQ(levels.at(1), 0U);
  EXPECT_EQ(levels.at(16), 4U);
}

TEST(capacity_search, ends_whatever_the_server_does) {
  std::mt19937_64 random{7};
  for (int run = 0; run < 300; ++run) {
    search_settings settings = settings_of(run % 2 ? load_kind::rate : load_kind::concurrency, 1, 256);
    settings.required_attainment = 0.9;
    std::size_t steps = 0;
    search_on(settings, [&](const search_step&) {
      EXPECT_LT(++steps, 500U);
      const double share = std::uniform_real_distribution<double>{0.7, 1}(random);
      std::bernoulli_distribution meets{share};
      const std::uint64_t queue = random() % 3;
      return trial_of(
          100, [&](std::uint64_t) { return meets(random); }, queue == 0 ? std::nullopt : std::optional{queue == 1});
    });
  }
}

} // namespace
} // namespace loadgen::search::test
