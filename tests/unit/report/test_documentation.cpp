// docs/outputs.md names every column and every key there is.

#include "report/benchmark_summary.hpp"
#include "report/request_columns.hpp"
#include "report/trial_table.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace loadgen::report {
namespace {

namespace json = boost::json;

/// The names that the page has in backquotes: words of letters, digits and '_', those that begin with '_' included.
const std::set<std::string>& documented() {
  static const std::set<std::string> names = [] {
    const std::string page = test::text_of(LOADGEN_SOURCE_DIR "/docs/outputs.md");
    const std::regex quoted{"`([^`\n]+)`"}, word{"[A-Za-z0-9_]+"};
    std::set<std::string> found;
    for (std::sregex_iterator span{page.begin(), page.end(), quoted}, none; span != none; ++span) {
      const std::string text = (*span)[1];
      for (std::sregex_iterator name{text.begin(), text.end(), word}; name != none; ++name) found.insert(name->str());
    }
    return found;
  }();
  return names;
}

bool is_documented(const std::string& name) {
  return documented().contains(name);
}

/// `ttft_ms_p50` is also told of by `ttft_ms` and `_p50`.
bool is_documented_in_parts(const std::string& name) {
  if (is_documented(name) || name.starts_with("cause_")) return true;
  for (std::size_t cut = name.find('_'); cut != std::string::npos; cut = name.find('_', cut + 1))
    if (is_documented(name.substr(0, cut)) && is_documented(name.substr(cut))) return true;
  return false;
}

template<class Columns>
void expect_documented(const Columns& columns) {
  for (const auto& column : columns) EXPECT_TRUE(is_documented_in_parts(std::string{column.name})) << column.name;
}

void collect_keys(const json::value& value, const std::set<std::string>& free_names, std::set<std::string>& keys) {
  if (const json::array* const array = value.if_array())
    for (const json::value& element : *array) collect_keys(element, free_names, keys);
  const json::object* const object = value.if_object();
  if (object == nullptr) return;
  for (const json::key_value_pair& member : *object) {
    keys.insert(std::string{member.key()});
    if (!free_names.contains(std::string{member.key()})) collect_keys(member.value(), free_names, keys);
  }
}

TEST(documentation, has_every_column_of_the_tables) {
  expect_documented(request_columns());
  expect_documented(token_columns());
  expect_documented(trial_columns());
  expect_documented(benchmark_columns());
}

TEST(documentation, has_every_column_of_the_summary) {
  analyzed_run run = samples::empty_run();
  std::istringstream header{summary_csv(run)};
  for (std::string name; std::getline(header, name, ',');) {
    if (name.ends_with('\n')) name.pop_back();
    EXPECT_TRUE(is_documented_in_parts(name)) << name;
  }
}

TEST(documentation, has_every_key_of_the_summary) {
  analyzed_run run = samples::empty_run();
  metrics::level_summary level = samples::numbered_level();
  for (std::uint32_t trial : {1U, 2U}) {
    level.info.trial = trial;
    level.complete = true;
    samples::add(run, level);
  }
  // What stands below these is named by the run: its target, server and codes have a place of their own.
  const std::set<std::string> free_names{"target",         "workload",        "system",
                                         "causes",         "http_statuses",   "by_objective",
                                         "first_messages", "server_reported", "objectives"};
  std::set<std::string> keys;
  collect_keys(summary_json(run), free_names, keys);
  EXPECT_GT(keys.size(), 80U);
  for (const std::string& key : keys) EXPECT_TRUE(is_documented(key)) << key;
}

} // namespace
} // namespace loadgen::report
