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

/// Writes down what it hears, and what of it the file has by then.
class listening final : public run_observer {
public:
  explicit listening(std::filesystem::path file) : file_(std::move(file)) {}

  void on_level_begin(const metrics::level_info& level) override {
    heard += "begin " + std::to_string(level.level) + "; ";
  }

  void on_record(const metrics::request_record& record) override {
    heard += "record " + std::to_string(record.index) + "; ";
  }

  void on_level_end(const metrics::level_end&) override {
    const auto run = metrics::read_records(file_).value();
    heard += "end of " + std::to_string(run.levels.back().requests.size()) + (run.levels.back().end ? "; " : " open; ");
  }

  std::string heard;

private:
  std::filesystem::path file_;
};

TEST_F(record_pump_test, an_observer_hears_all_in_the_order_of_the_file_and_of_a_levels_end_when_it_is_there) {
  listening observer{file()};
  {
    record_pump pump{std::move(*metrics::record_writer::create(file(), {})), record_pump::kept::none, &observer};
    for (std::uint32_t level = 0; level < 2; ++level) {
      metrics::level_info begun;
      begun.level = level;
      pump.begin_level(begun);
      for (std::uint64_t i = 0; i < 2 + level; ++i) {
        auto record = std::make_unique<metrics::request_record>();
        record->index = i;
        pump.push(std::move(record));
      }
      pump.end_level({});
    }
    pump.end_run({});
  }
  EXPECT_EQ(observer.heard, "begin 0; record 0; record 1; end of 2; begin 1; record 0; record 1; record 2; end of 3; ");
}

} // namespace
} // namespace loadgen::engine
