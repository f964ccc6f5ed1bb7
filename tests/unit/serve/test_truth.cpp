#include "serve/truth_file.hpp"
#include "serve/truth_line.hpp"
#include "unit/serve/support.hpp"

#include <loadgen/serve/truth.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;

const truth_start stream_start{.id = 3,
                               .path = "/v1/chat/completions",
                               .body_sha256 = "ab",
                               .stream = true,
                               .tokens = 3,
                               .tokens_per_chunk = 2,
                               .received = instant{5s},
                               .kernel_stamp = true};

TEST(truth, stream_round_trip) {
  const test::temporary_file file;
  auto writer = truth_file::create(file.path());
  ASSERT_TRUE(writer);
  truth_line line{stream_start};
  line.started(instant{6s});
  line.head(instant{6s + 1ns});
  line.written(instant{7s + 123456789ns}, 50us); // quick enough to be of no note
  line.written(instant{8s}, 51us);
  line.closed(instant{8s + 1us});
  writer->add(line.finish(true));
  writer->flush();

  const auto records = read_truth(file.path());
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1U);
  const truth_record& record = records->front();
  EXPECT_EQ(record.id, 3U);
  EXPECT_EQ(record.path, "/v1/chat/completions");
  EXPECT_EQ(record.body_sha256, "ab");
  EXPECT_TRUE(record.stream);
  EXPECT_EQ(record.tokens, 3U);
  EXPECT_EQ(record.tokens_per_chunk, 2U);
  EXPECT_EQ(record.received, instant{5s});
  EXPECT_TRUE(record.kernel_stamp);
  EXPECT_EQ(record.started, instant{6s});
  EXPECT_EQ(record.head, instant{6s + 1ns});
  EXPECT_EQ(record.written, (std::vector{instant{7s + 123456789ns}, instant{8s}}));
  EXPECT_EQ(record.slow_sends, (std::vector<std::pair<std::uint32_t, duration>>{{1, 51us}}));
  EXPECT_EQ(record.closed, instant{8s + 1us});
  EXPECT_TRUE(record.done);
}

TEST(truth, request_that_never_got_a_slot) {
  const test::temporary_file file;
  std::ofstream{file.path()} << truth_line{stream_start}.finish(false);
  const auto records = read_truth(file.path());
  ASSERT_TRUE(records);
  const truth_record& record = records->at(0);
  EXPECT_FALSE(record.started);
  EXPECT_FALSE(record.head);
  EXPECT_TRUE(record.written.empty());
  EXPECT_FALSE(record.closed);
  EXPECT_FALSE(record.done);
}

TEST(truth, lines_go_out_whole_before_the_end_once_there_are_many) {
  const test::temporary_file file;
  auto writer = truth_file::create(file.path());
  ASSERT_TRUE(writer);
  const std::string line = truth_line{stream_start}.finish(true);
  for (int i = 0; i < 1000; ++i) writer->add(line);
  const auto before_flush = read_truth(file.path());
  ASSERT_TRUE(before_flush) << before_flush.error().message;
  EXPECT_GT(before_flush->size(), 0U);
  writer->flush();
  EXPECT_EQ(read_truth(file.path())->size(), 1000U);
}

TEST(truth, line_of_another_form_is_named) {
  const test::temporary_file file;
  std::ofstream{file.path()} << truth_line{stream_start}.finish(true) << "{\"id\":1}\n";
  const auto records = read_truth(file.path());
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, errc::invalid_input);
  EXPECT_NE(records.error().message.find(":2 "), std::string::npos) << records.error().message;
}

TEST(truth, missing_file) {
  const auto records = read_truth("/nonexistent/truth.jsonl");
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, errc::io);
}

TEST(truth, write_failure_is_kept) {
  auto writer = truth_file::create("/dev/full");
  ASSERT_TRUE(writer);
  writer->add("line\n");
  EXPECT_FALSE(writer->failure());
  writer->flush();
  ASSERT_TRUE(writer->failure());
  EXPECT_EQ(writer->failure()->code, errc::io);
}

} // namespace
} // namespace loadgen::serve
