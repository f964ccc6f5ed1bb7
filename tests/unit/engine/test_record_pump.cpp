#include "engine/record_pump.hpp"

#include <loadgen/metrics/recorded_run.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace loadgen::engine {
namespace {

using namespace std::chrono_literals;

class record_pump_test : public testing::Test {
protected:
  record_pump_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "loadgen-pump-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }

  ~record_pump_test() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "records.bin"; }

  std::filesystem::path folder_;
};

TEST_F(record_pump_test, records_pushed_by_several_threads_are_all_written) {
  constexpr std::uint64_t each = 2000;
  {
    record_pump pump{std::move(*metrics::record_writer::create(file(), {}))};
    pump.begin_level({});
    std::vector<std::thread> threads;
    for (std::uint16_t worker = 0; worker < 3; ++worker)
      threads.emplace_back([&pump, worker] {
        for (std::uint64_t i = 0; i < each; ++i) {
          auto record = std::make_unique<metrics::request_record>();
          record->index = worker * each + i;
          record->worker = worker;
          pump.push(std::move(record));
        }
      });
    for (std::thread& thread : threads) thread.join();
    pump.end_level({});
    pump.end_run({});
    EXPECT_FALSE(pump.failure());
  }
  const auto run = metrics::read_records(file());
  ASSERT_TRUE(run.has_value());
  ASSERT_EQ(run->levels.size(), 1U);
  ASSERT_EQ(run->levels[0].requests.size(), 3 * each);
  for (std::uint64_t i = 0; i < 3 * each; ++i) EXPECT_EQ(run->levels[0].requests[i].index, i);
}

TEST_F(record_pump_test, what_was_pushed_is_in_the_file_a_second_later_without_any_further_call) {
  record_pump pump{std::move(*metrics::record_writer::create(file(), {}))};
  pump.begin_level({});
  pump.push(std::make_unique<metrics::request_record>());
  std::size_t found = 0;
  for (const instant limit = clock::now() + 10s; found == 0 && clock::now() < limit;) {
    std::this_thread::sleep_for(50ms);
    const auto run = metrics::read_records(file());
    if (run && !run->levels.empty()) found = run->levels[0].requests.size();
  }
  EXPECT_EQ(found, 1U);
}

} // namespace
} // namespace loadgen::engine
