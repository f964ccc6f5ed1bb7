#include <loadgen/search/capacity_search.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace loadgen::search {
namespace {

TEST(search_settings, are_read_as_they_were_written) {
  const search_settings settings{.kind = load_kind::concurrency,
                                 .least = 2,
                                 .most = 77,
                                 .precision = 0.125,
                                 .confirmations = 3,
                                 .most_trials = 4,
                                 .required_attainment = 0.75};
  const auto read = settings_from_json(to_json(settings));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(settings));
  EXPECT_EQ(boost::json::value(to_json(settings)), boost::json::parse(R"({"kind": "concurrency", "range": [2.0, 77.0],
    "precision": 0.125, "confirmations": 3, "most_trials": 4, "required_attainment": 0.75})"));
}

TEST(search_settings, anything_else_is_none) {
  for (const char* text : {"null", "{}", "3", R"({"kind": "rate"})", R"({"kind": "speed", "range": [1, 2]})",
                           R"({"kind": "rate", "range": [1]})", R"({"kind": "rate", "range": ["a", 2]})",
                           R"({"kind": "rate", "range": [2, 1]})"})
    EXPECT_FALSE(settings_from_json(boost::json::parse(text))) << text;
}

TEST(search_settings, out_of_their_range_are_refused_by_name) {
  const auto refusal = [](auto change) {
    search_settings settings;
    change(settings);
    const auto valid = validate(settings);
    return valid.has_error() ? valid.error().message : "";
  };
  EXPECT_EQ(refusal([](search_settings&) {}), "");
  EXPECT_EQ(refusal([](search_settings& s) { s.least = 0; }),
            "a range from 0 to 1024; expected two loads above 0, the lower first");
  EXPECT_EQ(refusal([](search_settings& s) { s.most = 0.01; }),
            "a range from 0.05 to 0.01; expected two loads above 0, the lower first");
  EXPECT_EQ(refusal([](search_settings& s) { s.kind = load_kind::concurrency; }),
            "a range from 0.05 to 1024; expected whole numbers of requests in flight");
  EXPECT_EQ(refusal([](search_settings& s) { s.precision = 0; }), "a precision of 0; expected more than 0, at most 1");
  EXPECT_EQ(refusal([](search_settings& s) { s.confirmations = 4; }),
            "4 confirmations; expected 1 to 3, the most trials of a load");
  EXPECT_EQ(refusal([](search_settings& s) { s.most_trials = 0; }), "0 trials of a load; expected 1 to 10");
  EXPECT_EQ(
      refusal([](search_settings& s) { s.required_attainment = 1; }),
      "a required attainment of 1; expected more than 0 and less than 1: no number of requests shows that all do");
}

} // namespace
} // namespace loadgen::search
