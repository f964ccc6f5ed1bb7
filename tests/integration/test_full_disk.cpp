#include "reference_run.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/mount.h>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;

/// A file system of its own, as small as a test wants it.
class full_disk : public testing::Test {
protected:
  void SetUp() override {
    if (mount("tmpfs", disk_.path().c_str(), "tmpfs", 0, "size=3m") != 0)
      GTEST_SKIP() << "a small file system cannot be mounted here: " << std::strerror(errno);
    mounted_ = true;
  }

  void TearDown() override {
    if (!mounted_) return;
    EXPECT_EQ(umount(disk_.path().c_str()), 0) << std::strerror(errno);
  }

  process_result report() const { return run_process({LOADGEN_PROGRAM, "report", run_folder_in(disk_).string()}); }

  temporary_folder disk_;

private:
  bool mounted_ = false;
};

std::size_t lines_in(const fs::path& file) {
  std::ifstream stream{file};
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>{stream}, {}, '\n'));
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

TEST_F(full_disk, ends_a_run_with_every_request_on_record) {
  reference_server server{{"--ttft", "5ms", "--itl", "0ms"}};
  const process_result run = run_process(
      run_command(server.url(), disk_, {"--concurrency", "8", "--duration", "120s", "--max-tokens", "1000"}));
  EXPECT_EQ(run.exit_code, 74);
  EXPECT_TRUE(says(run.err, "records.bin: No space left on device; the run was ended early, and all ")) << run.err;
  EXPECT_TRUE(says(run.out, "status    incomplete: ended before the whole plan was sent")) << run.out;

  const std::size_t answered = lines_in(server.stop());
  EXPECT_TRUE(says(run.err, "all " + std::to_string(answered) + " requests that were sent are on record")) << run.err;
  const process_result again = report();
  EXPECT_EQ(again.exit_code, 0);
  const auto requests = summary_of(run_folder_in(disk_)).at("levels").at(0).at("requests").as_object();
  EXPECT_EQ(requests.at("issued").to_number<std::size_t>(), answered);
}

TEST_F(full_disk, that_has_no_room_for_the_files_made_of_the_records_keeps_the_records) {
  const reference_server server{{"--ttft", "0ms", "--itl", "0ms"}};
  const process_result run = run_process(
      run_command(server.url(), disk_,
                  {"--concurrency", "8", "--requests", "9000", "--max-tokens", "1", "--label", std::string(100, 'x')}));
  EXPECT_EQ(run.exit_code, 74);
  const fs::path folder = run_folder_in(disk_);
  EXPECT_TRUE(says(run.out, "status    complete")) << run.out; // the report is shown all the same
  EXPECT_TRUE(says(run.err, "No space left on device; the records are whole")) << run.err;
  EXPECT_TRUE(says(run.err, "`loadgen report " + folder.string() + "` writes the rest")) << run.err;
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path(); // nothing half-written is left

  const process_result again = report();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_TRUE(says(again.out, "status    complete")) << again.out;
}

TEST_F(full_disk, is_told_before_anything_is_sent_where_not_even_a_short_run_fits) {
  reference_server server{{}};
  {
    std::ofstream filler{disk_.path() / "filler", std::ios::binary};
    filler << std::string(2 * 1024 * 1024, 'x');
  }
  const process_result run = run_process(run_command(server.url(), disk_, {}));
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(says(run.err, "records.bin: No space left on device")) << run.err;
  EXPECT_EQ(lines_in(server.stop()), 0U);
  EXPECT_EQ(run_folder_in(disk_), fs::path{}); // not even a folder is left
}

TEST_F(full_disk, that_is_only_to_be_read_is_refused_before_anything_is_sent) {
  ASSERT_EQ(mount("tmpfs", disk_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=3m"), 0);
  reference_server server{{}};
  const temporary_folder elsewhere;
  const process_result folder = run_process(run_command(server.url(), disk_, {}));
  EXPECT_EQ(folder.exit_code, 2);
  EXPECT_TRUE(says(folder.err, "loadgen: --output: cannot make ")) << folder.err;
  EXPECT_TRUE(says(folder.err, "Read-only file system")) << folder.err;
  const process_result summary =
      run_process(run_command(server.url(), elsewhere, {"--summary", (disk_.path() / "summary.json").string()}));
  EXPECT_EQ(summary.exit_code, 2);
  EXPECT_TRUE(says(summary.err, "loadgen: --summary: cannot write ")) << summary.err;
  EXPECT_EQ(lines_in(server.stop()), 0U);
  EXPECT_EQ(run_folder_in(elsewhere), fs::path{});
}

} // namespace
} // namespace loadgen::test
