#include "reference_run.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;

/// A sweep whose label and model are as hostile as they can be to the language of gnuplot, to shells and to XML.
class plots_test : public testing::Test {
protected:
  plots_test() {
    const reference_server server{{"--ttft", "2ms", "--itl", "1ms"}};
    std::string hostile =
        "it's \"a\" \\n @b {c} ^d_e `touch " + marker().string() + "` $(touch " + marker().string() + ") <b>&";
    for (const char* concurrency : {"1,2", "1,4"}) {
      const process_result run =
          run_process(run_command(server.url(), results_,
                                  {"--concurrency", concurrency, "--requests", "6", "--max-tokens", "5", "--quiet",
                                   "--label", hostile, "--model", hostile}));
      EXPECT_EQ(run.exit_code, 0) << run.err;
    }
    for (const auto& entry : fs::directory_iterator{results_.path()})
      if (entry.is_directory()) runs_.insert(entry.path());
  }

  fs::path marker() const { return scratch_.path() / "ran"; }

  std::vector<std::string> command(const fs::path& folder) const {
    std::vector<std::string> words{LOADGEN_PROGRAM, "report"};
    for (const fs::path& run : runs_) words.push_back(run.string());
    words.insert(words.end(), {"--plots", folder.string()});
    return words;
  }

  temporary_folder results_, scratch_;
  std::set<fs::path> runs_;
};

TEST_F(plots_test, are_drawn_with_any_text_as_it_is) {
  if (std::system("command -v gnuplot >/dev/null") != 0)
    GTEST_SKIP() << "no gnuplot; scripts/setup --plots installs it";
  const fs::path folder = scratch_.path() / "plots";
  const process_result drawn = run_process(command(folder));
  ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_EQ(drawn.err, "");
  EXPECT_FALSE(fs::exists(marker()));
  for (const char* name :
       {"throughput", "ttft", "tpot", "e2e", "percentiles-ttft", "percentiles-itl", "percentiles-e2e", "histogram-ttft",
        "histogram-itl", "over-time-ttft", "over-time-throughput"}) {
    const fs::path plot = folder / name;
    for (const char* kind : {".dat", ".gp", ".svg", ".png"})
      EXPECT_TRUE(fs::exists(plot.string() + kind)) << plot << kind;
    EXPECT_EQ(text_of(plot.string() + ".png").substr(1, 3), "PNG");
    const std::string svg = text_of(plot.string() + ".svg");
    EXPECT_NE(svg.find("</svg>"), std::string::npos);
    EXPECT_EQ(svg.find("<b>"), std::string::npos);
    EXPECT_NE(svg.find("it's"), std::string::npos) << svg.substr(0, 4000);
    EXPECT_NE(svg.find("\\n @b {c}"), std::string::npos);
  }

  fs::remove(folder / "ttft.svg"); // a script can be run again by hand
  EXPECT_EQ(std::system(("cd '" + folder.string() + "' && gnuplot ttft.gp").c_str()), 0);
  EXPECT_TRUE(fs::exists(folder / "ttft.svg"));
}

TEST_F(plots_test, without_gnuplot_nothing_is_written_and_what_is_missing_is_said) {
  const fs::path folder = scratch_.path() / "plots";
  const process_result refused = run_process(command(folder), {{"PATH", scratch_.path().string()}});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "loadgen: --plots: needs gnuplot, which is not there; install it, on Debian and Ubuntu with "
                         "`apt-get install gnuplot-nox`\n");
  EXPECT_EQ(refused.out, "");
  EXPECT_FALSE(fs::exists(folder));
}

} // namespace
} // namespace loadgen::test
