#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const std::string attack = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

std::size_t occurrences(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// A page as headless Chromium shows it, with no network but the disk.
class browser : public testing::Test {
protected:
  void SetUp() override {
    for (const char* name : {"/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"})
      if (program_.empty() && fs::exists(name)) program_ = name;
    if (program_.empty()) GTEST_SKIP() << "no headless Chromium; scripts/setup --browser installs it";
  }

  process_result opened(const fs::path& page) const {
    return run_process({program_, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom",
                        "file://" + fs::absolute(page).string()});
  }

  /// The page's elements once it is drawn; fails where the page complained or a canvas stayed empty.
  std::string drawn(const fs::path& page) const {
    const process_result shown = opened(page);
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
    const std::size_t canvases = occurrences(shown.out, "<canvas ");
    EXPECT_GT(canvases, 3U);
    EXPECT_EQ(occurrences(shown.out, " data-drawn=\""), canvases);
    EXPECT_EQ(occurrences(shown.out, " data-drawn=\"0\""), 0U);
    EXPECT_NE(shown.out.find("data-ready=\"" + std::to_string(canvases) + "\""), std::string::npos);
    return shown.out;
  }

  std::string program_;
};

fs::path swept(const temporary_folder& folder, const std::vector<std::string>& options) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "8"}};
  const process_result run = run_process(run_command(server.url(), folder, options));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return run_folder_in(folder);
}

/// What the page says at a place in the summary.
std::string shown_at(const std::string& dom, const std::string& place) {
  const std::string start = "data-figure=\"" + place + "\" data-value=\"";
  const std::size_t at = dom.find(start);
  if (at == std::string::npos) return "not on the page";
  return dom.substr(at + start.size(), dom.find('"', at + start.size()) - at - start.size());
}

TEST_F(browser, draws_a_sweep_with_the_figures_of_its_summary) {
  const temporary_folder folder;
  const fs::path run = swept(folder, {"--concurrency", "1,2,4", "--requests", "20", "--slo", "ttft=1s"});
  const std::string dom = drawn(run / "report.html");
  const json::object summary = summary_of(run);
  for (std::size_t i = 0; i < 3; ++i) {
    const json::value& level = summary.at("levels").as_array()[i];
    const std::string place = "0.levels." + std::to_string(i);
    for (const char* rate : {"output_tokens_per_s", "requests_per_s", "goodput_per_s"})
      EXPECT_DOUBLE_EQ(std::stod(shown_at(dom, place + ".throughput." + rate)),
                       level.at("throughput").at(rate).to_number<double>());
    for (const char* metric : {"ttft_ms", "itl_ms", "e2e_ms"})
      for (const char* figure : {"p50", "p99"})
        EXPECT_DOUBLE_EQ(std::stod(shown_at(dom, place + ".metrics." + metric + "." + figure)),
                         level.at("metrics").at(metric).at(figure).to_number<double>())
            << metric << figure;
  }
  EXPECT_NE(dom.find(run.filename().string()), std::string::npos);
  EXPECT_NE(dom.find("--concurrency 1,2,4 --requests 20"), std::string::npos);
}

TEST_F(browser, shows_markup_of_any_origin_as_text) {
  const temporary_folder folder;
  const fs::path run =
      swept(folder, {"--requests", "4", "--label", attack, "--model", attack, "--header", "X-A: " + attack});
  const std::string dom = drawn(run / "report.html");
  EXPECT_EQ(dom.find("<title>owned"), std::string::npos);
  EXPECT_EQ(occurrences(dom, "<img"), 0U);
  EXPECT_NE(dom.find("&lt;script&gt;document.title"), std::string::npos);
}

TEST_F(browser, shows_what_a_server_says_as_text) {
  scripted_server server{[](scripted_connection& client, int) {
    const std::string words =
        "{\"error\":{\"message\":\"" + boost::algorithm::replace_all_copy(attack, "\"", "\\\"") + "\"}}";
    while (client.read_request())
      client.send("HTTP/1.1 500 Oops\r\nContent-Length: " + std::to_string(words.size()) + "\r\n\r\n" + words);
  }};
  const temporary_folder folder;
  const process_result run =
      run_process(run_command("http://127.0.0.1:" + std::to_string(server.port()), folder,
                              {"--model", "m", "--requests", "3", "--max-failure-rate", "1", "--prompt", attack}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const process_result shown = opened(run_folder_in(folder) / "report.html");
  EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
  EXPECT_EQ(shown.out.find("<title>owned"), std::string::npos);
  EXPECT_EQ(occurrences(shown.out, "<img"), 0U);
  EXPECT_GE(occurrences(shown.out, "&lt;script&gt;document.title"),
            2U); // the message, and the prompt among the settings
}

TEST_F(browser, draws_two_runs_on_one_page) {
  const temporary_folder first, second;
  const fs::path a = swept(first, {"--concurrency", "1,2", "--requests", "5"});
  const fs::path b = swept(second, {"--concurrency", "1,2", "--requests", "5"});
  const fs::path page = first.path() / "both.html";
  const auto reported = run_process({LOADGEN_PROGRAM, "report", a.string(), b.string(), "--html", page.string()});
  ASSERT_EQ(reported.exit_code, 0) << reported.err;
  const std::string dom = drawn(page);
  EXPECT_NE(dom.find("data-figure=\"1.levels.1.throughput.output_tokens_per_s\""), std::string::npos);
  EXPECT_NE(dom.find("B: concurrency 2"), std::string::npos);
}

TEST_F(browser, draws_a_run_of_which_nothing_completed) {
  const reference_server server{{"--ttft", "5s"}};
  const temporary_folder folder;
  const process_result run = run_process(
      run_command(server.url(), folder, {"--requests", "3", "--timeout", "20ms", "--max-failure-rate", "1"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const process_result shown = opened(run_folder_in(folder) / "report.html");
  EXPECT_EQ(shown.err.find("CONSOLE"), std::string::npos) << shown.err;
  EXPECT_NE(shown.out.find("timeout"), std::string::npos);
}

} // namespace
} // namespace loadgen::test
