#include "engine_fixture.hpp"
#include "support/file_size_limit.hpp"

#include <cstdio>
#include <fstream>

namespace loadgen::engine {
namespace {

using namespace loadgen::test;
using namespace std::chrono_literals;
using test::engine_fixture;

TEST_F(engine_fixture, records_that_cannot_be_written_end_the_run_and_every_request_is_accounted_for) {
  scripted_server server{[](scripted_connection& client, int) { test::answer_all(client); }};
  send_to(server.port());
  settings.progress_interval = 10ms;
  workload::level_settings level;
  level.time = 60s;
  const workload::plan plan = plan_of(level, {.concurrency = 2});
  metrics::run_info info;
  info.run_id = "test";
  info.epoch = clock::now();
  const std::filesystem::path file = folder_ / "records.bin";
  const instant began = clock::now();
  std::string message;
  {
    const file_size_limit full{60'000};
    const auto ended = engine::run(settings, plan, info, file);
    ASSERT_TRUE(ended.has_error());
    EXPECT_EQ(ended.error().code, errc::io);
    message = ended.error().message;
  }
  EXPECT_LT(clock::now() - began, 40s);

  unsigned long sent = 0, completed = 0, failed = 0, cancelled = 0, on_record = 0;
  const std::string words =
      message.substr(std::min(message.size(), message.find("; the run was ended early, and of ")));
  ASSERT_EQ(std::sscanf(words.c_str(),
                        "; the run was ended early, and of %lu requests that were sent (%lu completed, %lu failed, %lu "
                        "cancelled) %lu are on record",
                        &sent, &completed, &failed, &cancelled, &on_record),
            5)
      << message;
  EXPECT_EQ(sent, completed + failed + cancelled);
  EXPECT_LT(on_record, sent);
  const auto recorded = metrics::read_records(file);
  ASSERT_TRUE(recorded.has_value());
  EXPECT_GE(recorded->levels.at(0).requests.size(), on_record); // the last ones may find room after all
}

} // namespace
} // namespace loadgen::engine
