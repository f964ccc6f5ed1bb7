// Runs the commands of docs/recipes, so that what the pages say works.
//
// A block of a page that begins with ```sh recipe is run; any other is not. In it each command is one line, or several
// that end in a backslash, and begins with `loadgen`; lines that begin with # are comments. Commands run in the order
// of the page, all in one folder of their own, which begins as a copy of tests/data/recipes: what a command needs goes
// there. http://127.0.0.1:8000 and http://127.0.0.1:8001 are replaced by the addresses of two reference servers that
// answer in milliseconds. A command ends with 0, or as a comment behind it says: `loadgen dataset check bad.csv # exit
// code 2`. After a `loadgen run` that ends with 0 all requests of the run must have completed.
//
// A block that begins with ```sh recipe with the Parquet plugin is run only where that was built.
//
// A recipe stays as its reader would type it: a run without a bound of its own is bounded by the environment.

#include "reference_run.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;

struct recipe_command {
  std::string page;
  std::size_t line = 0;
  std::string text;
  int exit_code = 0;
};

int expected_exit_code(const std::string& text) {
  constexpr std::string_view mark = "# exit code ";
  const std::size_t at = text.find(mark);
  return at == std::string::npos ? 0 : std::stoi(text.substr(at + mark.size()));
}

bool has_plugin() {
  return fs::exists(fs::path{LOADGEN_PROGRAM}.parent_path() / "loadgen-parquet.so");
}

std::vector<recipe_command> commands_of(const fs::path& page) {
  std::vector<recipe_command> commands;
  std::istringstream lines{text_of(page)};
  bool in_recipe = false, continued = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      in_recipe = line.starts_with("```sh recipe") && (has_plugin() || !line.ends_with("with the Parquet plugin"));
      continue;
    }
    if (!in_recipe || line.empty() || (line.starts_with('#') && !continued)) continue;
    if (!continued) {
      EXPECT_TRUE(line.starts_with("loadgen ")) << page.filename() << ":" << number << ": " << line;
      commands.push_back({page.filename().string(), number, {}});
    }
    continued = line.ends_with('\\');
    commands.back().text += line + "\n";
  }
  for (recipe_command& command : commands) command.exit_code = expected_exit_code(command.text);
  return commands;
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{LOADGEN_RECIPES})
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::set<fs::path> run_folders(const fs::path& folder) {
  std::set<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    if (entry.path().filename() == "summary.json" && entry.path().parent_path().filename() == "summary")
      found.insert(entry.path().parent_path().parent_path());
  return found;
}

void expect_all_completed(const fs::path& run) {
  const boost::json::object summary = summary_of(run);
  for (const auto& level : summary.at("levels").as_array()) {
    const auto& requests = level.at("requests").as_object();
    EXPECT_GT(requests.at("completed").to_number<std::int64_t>(), 0) << run;
    EXPECT_EQ(requests.at("completed"), requests.at("issued")) << run;
  }
}

bool has_bound(const std::string& command) {
  for (const char* option : {"--requests", "--duration", "--stages", "--trace", "--replay", "--conversations"})
    if (command.find(option) != std::string::npos) return true;
  return false;
}

// One page, its servers and its folder.
class kitchen {
public:
  kitchen() { fs::copy(LOADGEN_TEST_DATA "/recipes", folder_.path(), fs::copy_options::recursive); }

  void run(const recipe_command& command) {
    const std::string where = command.page + ":" + std::to_string(command.line) + ": " + command.text;
    std::string text = replaced(command.text, "http://127.0.0.1:8000", first_.url());
    text = replaced(std::move(text), "http://127.0.0.1:8001", second_.url());
    const std::string path = fs::path{LOADGEN_PROGRAM}.parent_path().string() + ":" + std::getenv("PATH");
    const std::set<fs::path> before = run_folders(folder_.path());
    variables environment{{"PATH", path}, {"LOADGEN_PROGRESS", "none"}};
    if (!has_bound(command.text)) environment["LOADGEN_REQUESTS"] = "6";
    const process_result result =
        run_process({"/bin/sh", "-c", "cd '" + folder_.path().string() + "' && " + text}, environment);
    EXPECT_EQ(result.exit_code, command.exit_code) << where << result.out << result.err;
    if (!command.text.starts_with("loadgen run ") || command.exit_code != 0) return;
    std::size_t runs = 0;
    for (const fs::path& run : run_folders(folder_.path()))
      if (!before.contains(run)) {
        ++runs;
        expect_all_completed(run);
      }
    EXPECT_EQ(runs, 1U) << where;
  }

private:
  temporary_folder folder_;
  reference_server first_{{"--ttft", "2ms", "--itl", "200us", "--tokens", "8"}};
  reference_server second_{{"--ttft", "2ms", "--itl", "200us", "--tokens", "8"}};
};

TEST(recipes, every_command_of_every_page_works) {
  std::size_t ran = 0;
  for (const fs::path& page : pages()) {
    const std::vector<recipe_command> commands = commands_of(page);
    if (commands.empty()) continue;
    kitchen place;
    for (const recipe_command& command : commands) place.run(command);
    ran += commands.size();
  }
  EXPECT_GT(ran, 10U);
}

TEST(recipes, there_is_one_for_every_form_of_a_dataset) {
  std::string all;
  for (const recipe_command& command : commands_of(fs::path{LOADGEN_RECIPES} / "datasets.md"))
    if (command.text.starts_with("loadgen run ")) all += command.text;
  for (const char* dataset : {"builtin:default", "questions.txt", "questions.json ", "questions.jsonl", "faq.csv",
                              "sharegpt.json", "batch.jsonl", "mooncake.jsonl"})
    EXPECT_NE(all.find(dataset), std::string::npos) << dataset;
  EXPECT_EQ(all.find("faq.parquet") != std::string::npos, has_plugin());
}

} // namespace
} // namespace loadgen::test
