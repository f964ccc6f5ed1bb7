#include "reference_run.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace loadgen::test {
namespace {

/// A program on a terminal of 80 by 24, which gives back all that it showed there.
class on_terminal {
public:
  on_terminal(std::vector<std::string> arguments, const variables& environment) {
    winsize size{};
    size.ws_col = 80;
    size.ws_row = 24;
    std::vector<char*> words;
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    id_ = forkpty(&terminal_, nullptr, nullptr, &size);
    if (id_ != 0) return;
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execv(words[0], words.data());
    _exit(127);
  }

  on_terminal(const on_terminal&) = delete;
  on_terminal& operator=(const on_terminal&) = delete;

  ~on_terminal() {
    if (terminal_ >= 0) close(terminal_);
  }

  /// Reads on until `what` has been shown, or nothing more comes.
  bool shows(const std::string& what) {
    while (shown_.find(what) == std::string::npos)
      if (!read_more()) return false;
    return true;
  }

  void type(char key) const { EXPECT_EQ(write(terminal_, &key, 1), 1); }

  /// Its exit code.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(id_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }

private:
  bool read_more() {
    std::array<char, 4096> bytes{};
    pollfd news{terminal_, POLLIN, 0};
    if (poll(&news, 1, 30'000) <= 0) return false;
    const ssize_t size = read(terminal_, bytes.data(), bytes.size());
    if (size <= 0) return false; // EIO: the program has ended
    shown_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
  }

  pid_t id_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

class terminal_test : public testing::Test {
protected:
  std::vector<std::string> command(const std::vector<std::string>& options) const {
    std::vector<std::string> words{LOADGEN_PROGRAM,         "run",          "--url", server_.url(), "--output",
                                   folder_.path().string(), "--max-tokens", "20"};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }

  reference_server server_{{"--ttft", "20ms", "--itl", "10ms"}};
  temporary_folder folder_;
};

const variables utf8_terminal{{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}};

TEST_F(terminal_test, sees_the_run_drawn_in_place_and_then_the_report_alone) {
  on_terminal run{command({"--duration", "2s"}), utf8_terminal};
  EXPECT_EQ(run.wait(), 0);
  const std::string& shown = run.shown();
  EXPECT_NE(shown.find("concurrency 1\x1b[2m · 0:0"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\x1b[8A"), std::string::npos) << shown; // eight lines, drawn over
  EXPECT_NE(shown.find("\x1b[32m"), std::string::npos) << shown;
  const std::size_t cleared = shown.rfind("\x1b[J");
  ASSERT_NE(cleared, std::string::npos);
  EXPECT_EQ(shown.find("run  "), cleared + 3) << shown; // the report begins where the view was
  EXPECT_EQ(shown.find('\x1b', cleared + 1), std::string::npos) << shown;
}

TEST_F(terminal_test, sees_neither_colour_nor_unicode_where_they_are_unwelcome) {
  on_terminal run{command({"--duration", "2s"}), {{"TERM", "xterm"}, {"LC_ALL", "C"}, {"NO_COLOR", "1"}}};
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(run.shown().find("concurrency 1, 0:0"), std::string::npos) << run.shown();
  EXPECT_EQ(run.shown().find("\x1b[32m"), std::string::npos) << run.shown();
  for (const char byte : run.shown()) ASSERT_EQ(static_cast<unsigned char>(byte) & 0x80U, 0U) << run.shown();
}

TEST_F(terminal_test, gets_its_lines_back_when_the_run_is_interrupted) {
  on_terminal run{command({"--duration", "60s"}), utf8_terminal};
  ASSERT_TRUE(run.shows("TTFT ms")) << run.shown();
  run.type('\x03'); // control-C
  EXPECT_EQ(run.wait(), 130);
  const std::size_t cleared = run.shown().rfind("\x1b[J");
  EXPECT_NE(run.shown().find("status    incomplete: interrupted by SIGINT", cleared), std::string::npos) << run.shown();
}

TEST_F(terminal_test, sees_lines_where_plain_progress_is_asked_for) {
  on_terminal run{command({"--duration", "3s", "--progress", "plain"}), utf8_terminal};
  EXPECT_EQ(run.wait(), 0);
  EXPECT_NE(run.shown().find("ended, 1 in flight"), std::string::npos) << run.shown();
  EXPECT_EQ(run.shown().find('\x1b'), std::string::npos) << run.shown();
}

TEST_F(terminal_test, sees_nothing_but_the_report_without_progress) {
  on_terminal run{command({"--duration", "3s", "--progress", "none"}), utf8_terminal};
  EXPECT_EQ(run.wait(), 0);
  EXPECT_EQ(run.shown().find("run  "), 0U) << run.shown();
}

TEST_F(terminal_test, a_log_gets_plain_lines) {
  const process_result run = run_process(command({"--duration", "5s"}), utf8_terminal);
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("0:0"), 0U) << run.err;
  EXPECT_NE(run.err.find(" ended, 1 in flight, "), std::string::npos) << run.err;
  EXPECT_EQ(run_process(command({"--duration", "3s", "--progress", "none"})).err, "");
}

} // namespace
} // namespace loadgen::test
