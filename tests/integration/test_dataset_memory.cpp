#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sys/resource.h>

namespace loadgen::test {
namespace {

constexpr int prompts = 1'000'000;
constexpr long index_kib = prompts * 16L / 1024; // where each entry stands

/// The most memory, in KiB, that any program had which this test ran so far and waited for.
long most_memory_of_children() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return used.ru_maxrss;
}

std::string write_corpus(const temporary_folder& folder) {
  const std::filesystem::path file = folder.path() / "million.jsonl";
  std::ofstream lines{file, std::ios::binary};
  const std::string text = "The quick brown fox jumps over the lazy dog, again and again, until the sun goes down. "
                           "Why does it never grow tired of it, and what does the dog make of all this? Prompt ";
  for (int i = 0; i < prompts; ++i)
    lines << R"({"id":"p)" << i << R"(","category":"c)" << i % 7 << R"(","prompt":")" << text << i
          << R"(","max_tokens":)" << 1 + i % 3 << "}\n";
  return file.string();
}

// A run over a corpus of 250 MB, with an order of its own, takes the memory of its index and a little more.
TEST(dataset_memory, a_million_prompts_are_sent_from_disk) {
  const temporary_folder folder, results;
  const std::string file = write_corpus(folder);
  const auto bytes = std::filesystem::file_size(file);

  ASSERT_EQ(run_process({LOADGEN_PROGRAM, "dataset", "check", file}).exit_code, 0);
  const long of_check = most_memory_of_children();
  std::cout << "dataset check: " << of_check << " KiB\n";
  EXPECT_LT(of_check, index_kib * 3 + 64 * 1024); // the index, a fingerprint of each text, and while it is sorted more

  background_process server{{LOADGEN_PROGRAM, "serve", "--port", "0", "--ttft", "0ms", "--itl", "0ms"}};
  const std::string line = server.read_line();
  const process_result run =
      run_process(run_command(line.substr(line.find("http")), results,
                              {"--dataset", file, "--dataset-shuffle", "--requests", "2000", "--concurrency", "4"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto manifest = boost::json::parse(text_of(run_folder_in(results) / "manifest.json"));
  EXPECT_EQ(manifest.at("workload").at("dataset").at("entries"), prompts);
  EXPECT_EQ(summary_of(run_folder_in(results)).at("levels").at(0).at("requests").at("completed"), 2000);

  const long of_all = most_memory_of_children();
  std::cout << "corpus: " << bytes / 1024 << " KiB; run: at most " << of_all << " KiB\n";
  EXPECT_LT(of_all, index_kib * 3 + 64 * 1024);
  EXPECT_GT(bytes / 1024, 3 * static_cast<std::uintmax_t>(of_all)); // it does not fit into that
}

} // namespace
} // namespace loadgen::test
