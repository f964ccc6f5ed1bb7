#include "base/parquet_plugin.hpp"
#include "metrics/record_writer.hpp"
#include "unit/report/sample_runs.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace loadgen::report {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream{file, std::ios::binary} << text;
}

std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder})
    if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(folder).string());
  return names;
}

/// With the Parquet files where the plugin is there.
std::set<std::string> with_parquet(std::set<std::string> files) {
  if (parquet::is_plugin_there()) files.merge(std::set<std::string>{"raw/requests.parquet", "raw/tokens.parquet"});
  return files;
}

class package : public testing::Test {
protected:
  package() {
    std::string pattern = (fs::temp_directory_path() / "loadgen-report-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    run_ = samples::empty_run();
    samples::add(run_, samples::numbered_level());
  }

  ~package() override { fs::remove_all(folder_); }

  fs::path folder_;
  analyzed_run run_;
};

const std::string index_header =
    "run_id,started,label,url,model,endpoint,levels,issued,completed,failed,complete,verdict,"
    "best_output_tokens_per_s,worst_ttft_ms_p99\n";

TEST_F(package, has_every_file_and_no_leftovers) {
  ASSERT_TRUE(write_package(folder_ / "deep" / "run", run_).has_value());
  EXPECT_EQ(files_below(folder_ / "deep" / "run"),
            with_parquet({"manifest.json", "raw/requests.csv", "raw/trials.csv", "raw/trials.json", "report.html",
                          "summary/summary.csv", "summary/summary.json"}));
}

TEST_F(package, files_hold_what_the_functions_make) {
  ASSERT_TRUE(write_package(folder_, run_).has_value());
  EXPECT_EQ(boost::json::parse(read(folder_ / "manifest.json")), manifest_json(run_.run));
  EXPECT_EQ(boost::json::parse(read(folder_ / "summary/summary.json")), summary_json(run_));
  EXPECT_EQ(read(folder_ / "summary/summary.csv"), summary_csv(run_));
  EXPECT_EQ(read(folder_ / "raw/requests.csv"), requests_csv(run_));
}

TEST_F(package, written_again_replaces_its_files) {
  fs::create_directories(folder_ / "summary");
  write(folder_ / "summary" / "summary.json", std::string(1'000'000, 'x'));
  ASSERT_TRUE(write_package(folder_, run_).has_value());
  EXPECT_EQ(boost::json::parse(read(folder_ / "summary/summary.json")), summary_json(run_));
}

TEST_F(package, a_folder_that_cannot_be_made_is_an_io_error_that_names_it) {
  write(folder_ / "file", "in the way");
  const result<void> written = write_package(folder_ / "file" / "run", run_);
  ASSERT_TRUE(written.has_error());
  EXPECT_EQ(written.error().code, errc::io);
  EXPECT_NE(written.error().message.find((folder_ / "file" / "run").string()), std::string::npos)
      << written.error().message;
}

TEST_F(package, a_file_that_cannot_be_replaced_leaves_nothing_behind) {
  fs::create_directories(folder_ / "manifest.json"); // a folder in the file's place
  const result<void> written = write_package(folder_, run_);
  ASSERT_TRUE(written.has_error());
  EXPECT_EQ(written.error().code, errc::io);
  EXPECT_EQ(files_below(folder_), with_parquet({"raw/requests.csv", "raw/trials.csv", "raw/trials.json", "report.html",
                                                "summary/summary.csv", "summary/summary.json"}));
}

TEST_F(package, is_whole_only_with_every_file) {
  ASSERT_TRUE(write_package(folder_, run_).has_value());
  EXPECT_TRUE(is_whole_package(folder_));
  for (const std::string& file : files_below(folder_)) {
    fs::rename(folder_ / file, folder_ / "aside");
    EXPECT_FALSE(is_whole_package(folder_)) << file;
    fs::rename(folder_ / "aside", folder_ / file);
  }
}

TEST_F(package, the_note_says_why_there_are_no_parquet_files) {
  ASSERT_TRUE(write_package(folder_, run_).has_value());
  const std::string note = parquet_note(folder_);
  EXPECT_EQ(note.empty(), parquet::is_plugin_there());
  EXPECT_TRUE(note.empty() || note.starts_with("\nno Parquet files: ")) << note;
}

TEST_F(package, index_has_the_run_on_one_line) {
  metrics::level_summary second = samples::numbered_level();
  second.trust.judgement = metrics::verdict::degraded;
  second.rates.output_tokens_per_s = 99.5;
  second.metrics[0].p99 = 12.5;
  samples::add(run_, second);
  metrics::level_summary unmeasured;
  samples::add(run_, unmeasured);
  ASSERT_TRUE(append_index(folder_ / "results", run_).has_value());
  EXPECT_EQ(read(folder_ / "results" / "index.csv"),
            index_header + "20260722-131502-4f2a,2026-07-22T13:15:02Z,baseline,http://127.0.0.1:8000,"
                           "meta-llama/Llama-3.1-8B-Instruct,chat,3,204,206,208,true,client_bound,99.5,1000.7\n");
}

TEST_F(package, an_index_of_another_version_is_put_aside) {
  write(folder_ / "index.csv", "run_id,started\nold,2020\n");
  write(folder_ / "index.1.csv", "older still\n");
  ASSERT_TRUE(append_index(folder_, run_).has_value());
  ASSERT_TRUE(append_index(folder_, run_).has_value());
  EXPECT_EQ(read(folder_ / "index.1.csv"), "older still\n");
  EXPECT_EQ(read(folder_ / "index.2.csv"), "run_id,started\nold,2020\n");
  const std::string index = read(folder_ / "index.csv");
  EXPECT_TRUE(index.starts_with(index_header)) << index;
  EXPECT_EQ(std::count(index.begin(), index.end(), '\n'), 3);
}

TEST_F(package, benchmark_summary_gets_a_line_a_level_of_each_run) {
  samples::add(run_, samples::numbered_level());
  run_.run.info.manifest["variant"] = "dynamic";
  ASSERT_TRUE(append_benchmark_summary(folder_, run_).has_value());
  ASSERT_TRUE(append_benchmark_summary(folder_, run_).has_value());
  const std::string text = read(folder_ / "benchmark_summary.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 2 + 2);
  EXPECT_TRUE(text.starts_with("run_id,started,label,variant,url,model,endpoint,concurrency,")) << text;
  EXPECT_NE(text.find("\n20260722-131502-4f2a,2026-07-22T13:15:02Z,baseline,dynamic,http://127.0.0.1:8000,"),
            std::string::npos)
      << text;
}

TEST_F(package, the_rows_of_a_variant_are_named_by_the_time_and_never_replaced) {
  fs::create_directories(folder_ / "run/raw");
  write(folder_ / "run/raw/requests.parquet", "rows");
  const auto first = publish_variant(folder_, "dynamic", folder_ / "run", "20260722-131502-4f2a");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(*first, folder_ / "dynamic/20260722-131502.parquet");
  const auto second = publish_variant(folder_, "dynamic", folder_ / "run", "20260722-131502-0b1d");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(*second, folder_ / "dynamic/20260722-131502-0b1d.parquet");
  EXPECT_EQ(read(*second), "rows");
  EXPECT_TRUE(publish_variant(folder_, "dynamic", folder_ / "run", "20260722-131502-0b1d").has_error());
  EXPECT_EQ(files_below(folder_ / "dynamic").size(), 2U);
}

TEST_F(package, index_of_a_run_that_measured_nothing_has_empty_figures) {
  analyzed_run run = samples::empty_run();
  run.run.info.manifest["target"].as_object()["urls"] = {"http://a:1", "http://b:2"};
  run.run.info.manifest["label"] = "=1+1";
  run.run.end.reset();
  ASSERT_TRUE(append_index(folder_, run).has_value());
  EXPECT_EQ(read(folder_ / "index.csv"),
            index_header + "20260722-131502-4f2a,2026-07-22T13:15:02Z,'=1+1,\"http://a:1, http://b:2\","
                           "meta-llama/Llama-3.1-8B-Instruct,chat,0,0,0,0,false,ok,,\n");
}

TEST_F(package, index_line_after_one_that_was_cut_short_stands_on_its_own) {
  write(folder_ / "index.csv", index_header + "20260101-000000-dead,2026-");
  ASSERT_TRUE(append_index(folder_, run_).has_value());
  const std::string index = read(folder_ / "index.csv");
  EXPECT_TRUE(index.starts_with(index_header + "20260101-000000-dead,2026-\n20260722-131502-4f2a,")) << index;
}

TEST_F(package, index_written_by_eight_processes_at_once_loses_nothing) {
  constexpr int writers = 8;
  constexpr int runs_each = 25;
  std::vector<pid_t> children;
  for (int writer = 0; writer < writers; ++writer) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool written = true;
      for (int i = 0; i < runs_each; ++i) {
        run_.run.info.run_id = std::to_string(writer) + "-" + std::to_string(i);
        written = append_index(folder_, run_).has_value() && written;
      }
      ::_exit(written ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }

  std::ifstream stream{folder_ / "index.csv"};
  std::string line;
  std::getline(stream, line);
  EXPECT_EQ(line + "\n", index_header);
  const std::string rest = ",2026-07-22T13:15:02Z,baseline,http://127.0.0.1:8000,meta-llama/Llama-3.1-8B-Instruct,chat,"
                           "1,102,103,104,true,client_bound,2.5,1000.7";
  std::set<std::string> ids;
  while (std::getline(stream, line)) {
    ASSERT_TRUE(line.ends_with(rest)) << line;
    ids.insert(line.substr(0, line.size() - rest.size()));
  }
  EXPECT_EQ(ids.size(), std::size_t{writers * runs_each});
}

TEST_F(package, index_that_cannot_be_written_is_an_io_error) {
  write(folder_ / "file", "in the way");
  const result<void> appended = append_index(folder_ / "file", run_);
  ASSERT_TRUE(appended.has_error());
  EXPECT_EQ(appended.error().code, errc::io);
}

TEST_F(package, a_recorded_run_is_loaded_with_its_figures) {
  using namespace std::chrono_literals;
  fs::create_directories(folder_ / "raw");
  metrics::run_info info;
  info.run_id = "recorded";
  info.epoch = instant{100s};
  info.manifest = {{"label", "from disk"}, {"slo", metrics::to_json({.limits = {{metrics::metric::ttft, 39ms}}})}};
  result<metrics::record_writer> writer = metrics::record_writer::create(folder_ / "raw" / "records.bin", info);
  ASSERT_TRUE(writer.has_value()) << writer.error().message;
  metrics::level_info level;
  level.concurrency = 1;
  level.begin = instant{100s};
  metrics::request_record record;
  record.released = record.connected = record.sent = instant{101s};
  record.chunks = {{instant{101s + 40ms}, {}, metrics::chunk_stamp::answer}};
  record.done = record.ended = instant{101s + 50ms};
  record.end = metrics::outcome::completed;
  ASSERT_TRUE(writer->begin_level(level).has_value());
  ASSERT_TRUE(writer->append(record).has_value());
  ASSERT_TRUE(writer->flush().has_value());

  const result<analyzed_run> loaded = load_run(folder_);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->run.info.run_id, "recorded");
  EXPECT_FALSE(loaded->run.complete());
  ASSERT_EQ(loaded->levels.size(), 1U);
  EXPECT_EQ(loaded->levels[0].requests.completed, 1U);
  EXPECT_EQ(loaded->levels[0].of(metrics::metric::ttft).p50, 40.0);
  ASSERT_TRUE(loaded->levels[0].attainment);
  EXPECT_EQ(loaded->levels[0].attainment->attainment(), 0.0);
  EXPECT_EQ(loaded->levels[0].rates.goodput_per_s, 0.0);
}

TEST_F(package, records_that_cannot_be_read_are_an_error_that_names_the_folder) {
  fs::create_directories(folder_ / "raw");
  write(folder_ / "raw" / "records.bin", "something else");
  const result<analyzed_run> loaded = load_run(folder_);
  ASSERT_TRUE(loaded.has_error());
  EXPECT_EQ(loaded.error().code, errc::invalid_input);
  EXPECT_NE(loaded.error().message.find(folder_.string()), std::string::npos) << loaded.error().message;
}

TEST_F(package, a_folder_without_records_is_no_run) {
  for (const fs::path& folder : {folder_, folder_ / "absent"}) {
    const result<analyzed_run> loaded = load_run(folder);
    ASSERT_TRUE(loaded.has_error());
    EXPECT_EQ(loaded.error().code, errc::invalid_input);
    EXPECT_EQ(loaded.error().message, "'" + folder.string() + "' is no run folder: expected raw/records.bin in it");
  }
}

} // namespace
} // namespace loadgen::report
