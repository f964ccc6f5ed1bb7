#include "metrics/block_file.hpp"
#include "metrics/record_writer.hpp"
#include "support/file_size_limit.hpp"
#include "unit/metrics/random_records.hpp"

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>

namespace loadgen::metrics {
namespace {

run_info test_run() {
  return {"run-1", test_epoch, 1'753'142'400'000'000'000, {{"label", "test"}}};
}

level_info first_level() {
  level_info level;
  level.concurrency = 4;
  level.planned = 3;
  level.begin = at(1ms);
  return level;
}

record_writer open_level(const std::filesystem::path& file) {
  auto writer = record_writer::create(file, test_run()).value();
  EXPECT_TRUE(writer.begin_level(first_level()));
  return writer;
}

/// A record that takes more than 1000 bytes of the file.
request_record big_record(std::uint64_t index) {
  request_record record = completed(index, 0ms, {chunk(20ms)});
  record.message.assign(1000, 'm');
  return record;
}

TEST(record_file, a_whole_run_comes_back) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  {
    auto writer = open_level(file);
    for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(writer.append(completed(i, 10ms, {chunk(20ms)})));
    ASSERT_TRUE(writer.end_level(quiet_end(1s, 2s)));
    level_info second = first_level();
    second.level = 1;
    ASSERT_TRUE(writer.begin_level(second));
    ASSERT_TRUE(writer.append(completed(0, 30ms, {chunk(40ms)})));
    ASSERT_TRUE(writer.end_level(quiet_end(3s, 4s)));
    ASSERT_TRUE(writer.end_run({true, 0, 1, {}}));
  }
  const recorded_run run = read_records(file).value();
  EXPECT_EQ(run.info.run_id, "run-1");
  EXPECT_EQ(run.info.manifest.at("label"), "test");
  ASSERT_EQ(run.levels.size(), 2U);
  EXPECT_EQ(run.levels[0].info.concurrency, 4U);
  ASSERT_EQ(run.levels[0].requests.size(), 3U);
  EXPECT_TRUE(run.levels[0].requests[2] == completed(2, 10ms, {chunk(20ms)}));
  EXPECT_EQ(run.levels[0].end->ended, at(2s));
  EXPECT_EQ(run.levels[1].info.level, 1U);
  EXPECT_EQ(run.levels[1].requests.size(), 1U);
  EXPECT_TRUE(run.complete());
  EXPECT_FALSE(run.damaged);
}

TEST(record_file, requests_are_read_in_plan_order_with_warm_up_first) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  {
    auto writer = open_level(file);
    for (const auto& [index, warmup] : {std::pair{2U, false}, {1U, true}, {0U, false}, {0U, true}, {1U, false}}) {
      request_record record = completed(index, 10ms, {});
      record.warmup = warmup;
      ASSERT_TRUE(writer.append(record));
      ASSERT_TRUE(writer.flush());
    }
  }
  const recorded_run run = read_records(file).value();
  std::vector<std::pair<std::uint64_t, bool>> order;
  for (const request_record& record : run.levels.at(0).requests) order.emplace_back(record.index, record.warmup);
  const std::vector<std::pair<std::uint64_t, bool>> expected{{0, true}, {1, true}, {0, false}, {1, false}, {2, false}};
  EXPECT_EQ(order, expected);
}

TEST(record_file, one_level_is_read_alone_also_while_the_run_goes_on) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto writer = open_level(file);
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(writer.append(completed(2 - i, 10ms, {chunk(20ms)})));
  ASSERT_TRUE(writer.end_level(quiet_end(1s, 2s)));
  level_info second = first_level();
  second.level = 1;
  ASSERT_TRUE(writer.begin_level(second));
  ASSERT_TRUE(writer.append(completed(7, 30ms, {chunk(40ms)})));
  ASSERT_TRUE(writer.flush());

  const recorded_run first = read_level(file, 0).value();
  ASSERT_EQ(first.levels.size(), 1U);
  ASSERT_EQ(first.levels[0].requests.size(), 3U);
  EXPECT_EQ(first.levels[0].requests[0].index, 0U); // in plan order
  EXPECT_EQ(first.levels[0].end->ended, at(2s));
  const recorded_run later = read_level(file, 1).value();
  ASSERT_EQ(later.levels.size(), 2U);
  EXPECT_TRUE(later.levels[0].requests.empty());
  ASSERT_EQ(later.levels[1].requests.size(), 1U);
  EXPECT_TRUE(later.levels[1].requests[0] == completed(7, 30ms, {chunk(40ms)}));
  EXPECT_FALSE(later.levels[1].end);
  EXPECT_EQ(read_level(file, 2).error().code, errc::invalid_input);
}

TEST(record_file, the_records_of_earlier_levels_are_passed_over_unread) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  std::uintmax_t first_from = 0, first_to = 0;
  {
    auto writer = open_level(file);
    first_from = std::filesystem::file_size(file);
    ASSERT_TRUE(writer.append(big_record(0)));
    ASSERT_TRUE(writer.flush());
    first_to = std::filesystem::file_size(file);
    ASSERT_TRUE(writer.end_level(quiet_end(1s, 2s)));
    level_info second = first_level();
    second.level = 1;
    ASSERT_TRUE(writer.begin_level(second));
    ASSERT_TRUE(writer.append(completed(0, 30ms, {chunk(40ms)})));
  }
  std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
  stream.seekp(static_cast<std::streamoff>((first_from + first_to) / 2));
  stream.put('?'); // inside of the first level's records
  stream.close();
  EXPECT_TRUE(read_records(file)->damaged);
  const recorded_run second = read_level(file, 1).value();
  EXPECT_FALSE(second.damaged);
  EXPECT_EQ(second.levels.at(1).requests.size(), 1U);
}

TEST(record_file, records_reach_the_file_in_blocks_without_a_flush) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto writer = open_level(file);
  const auto before = std::filesystem::file_size(file);
  for (std::uint64_t i = 0; i < 200; ++i) ASSERT_TRUE(writer.append(big_record(i)));
  EXPECT_EQ(std::filesystem::file_size(file), before);
  for (std::uint64_t i = 200; i < 300; ++i) ASSERT_TRUE(writer.append(big_record(i)));
  EXPECT_GT(std::filesystem::file_size(file), before + 256 * 1024);
  const std::size_t readable = read_records(file).value().levels.at(0).requests.size();
  EXPECT_GT(readable, 200U);
  EXPECT_LT(readable, 300U);
  ASSERT_TRUE(writer.flush());
  EXPECT_EQ(read_records(file).value().levels.at(0).requests.size(), 300U);
}

TEST(record_file, flush_without_records_writes_nothing) {
  const temporary_folder folder;
  auto writer = open_level(folder.file("records.bin"));
  const auto before = std::filesystem::file_size(folder.file("records.bin"));
  ASSERT_TRUE(writer.flush());
  EXPECT_EQ(std::filesystem::file_size(folder.file("records.bin")), before);
}

TEST(record_file, an_existing_file_is_left_alone) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  put_contents(file, "precious");
  const auto created = record_writer::create(file, test_run());
  ASSERT_TRUE(created.has_error());
  EXPECT_EQ(created.error().code, errc::io);
  EXPECT_EQ(created.error().message, "cannot create " + file.string() + ": File exists");
  EXPECT_EQ(contents(file), "precious");
}

TEST(record_file, anybody_may_read_it_and_only_the_owner_write) {
  const temporary_folder folder;
  const mode_t mask = ::umask(0);
  const auto writer = open_level(folder.file("records.bin"));
  ::umask(mask);

  struct stat status {};

  ASSERT_EQ(::stat(folder.file("records.bin").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST(record_file, what_was_flushed_survives_a_kill) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto writer = open_level(file);
    const bool written = writer.append(completed(0, 10ms, {chunk(20ms)})) && writer.flush() &&
                         writer.append(completed(1, 10ms, {chunk(20ms)}));
    if (written) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const recorded_run run = read_records(file).value();
  ASSERT_EQ(run.levels.size(), 1U);
  ASSERT_EQ(run.levels[0].requests.size(), 1U);
  EXPECT_EQ(run.levels[0].requests[0].index, 0U);
  EXPECT_FALSE(run.levels[0].end);
  EXPECT_FALSE(run.end);
  EXPECT_FALSE(run.damaged);
}

TEST(record_file, takes_no_room_on_the_disk_behind_its_end_once_it_is_closed) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");

  struct stat open_file {
  }, closed_file{};

  {
    auto writer = open_level(file);
    ASSERT_TRUE(writer.keep_room());
    ASSERT_EQ(::stat(file.c_str(), &open_file), 0);
  }
  ASSERT_EQ(::stat(file.c_str(), &closed_file), 0);
  EXPECT_EQ(open_file.st_size, closed_file.st_size);
  EXPECT_LE(closed_file.st_blocks * 512, closed_file.st_size + 64 * 1024);
}

TEST(record_file, a_write_that_stops_half_way_loses_nothing_once_there_is_room_again) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto writer = open_level(file);
  ASSERT_TRUE(writer.append(big_record(0)));
  {
    const test::file_size_limit full{std::filesystem::file_size(file) + 500};
    const auto flushed = writer.flush();
    ASSERT_TRUE(flushed.has_error());
    EXPECT_EQ(flushed.error().code, errc::io);
    EXPECT_EQ(flushed.error().message, "cannot write " + file.string() + ": File too large");
    EXPECT_EQ(writer.unwritten(), 1U);
    const recorded_run torn = read_records(file).value();
    EXPECT_TRUE(torn.damaged);
    EXPECT_TRUE(torn.levels.at(0).requests.empty());
  }
  ASSERT_TRUE(writer.append(big_record(1)));
  EXPECT_EQ(writer.unwritten(), 2U);
  ASSERT_TRUE(writer.flush());
  EXPECT_EQ(writer.unwritten(), 0U);
  const recorded_run run = read_records(file).value();
  EXPECT_FALSE(run.damaged);
  EXPECT_EQ(run.levels.at(0).requests.size(), 2U);
}

TEST(record_file, a_writer_that_goes_away_writes_what_it_holds) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  {
    auto writer = open_level(file);
    ASSERT_TRUE(writer.append(big_record(0)));
    record_writer moved{std::move(writer)};
    ASSERT_TRUE(moved.append(big_record(1)));
  }
  EXPECT_EQ(read_records(file).value().levels.at(0).requests.size(), 2U);
}

} // namespace
} // namespace loadgen::metrics
