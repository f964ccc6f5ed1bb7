#include "metrics/meta_codec.hpp"
#include "unit/metrics/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace loadgen::metrics {
namespace {

TEST(meta_codec, a_run_header_comes_back_as_it_was) {
  const run_info info{"20260722-1",
                      test_epoch,
                      1'753'142'400'123'456'789,
                      {{"settings", {{"rate", 0.1}, {"label", "na\xFFme"}}}, {"seed", 18446744073709551615U}}};
  const auto decoded = decode_run_info(encode(info));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->run_id, info.run_id);
  EXPECT_EQ(decoded->epoch, info.epoch);
  EXPECT_EQ(decoded->epoch_unix_ns, info.epoch_unix_ns);
  EXPECT_EQ(decoded->manifest, info.manifest);
}

TEST(meta_codec, a_level_begin_comes_back_with_each_optional_set_and_unset) {
  for (const bool set : {true, false}) {
    level_info level;
    level.level = 3;
    level.trial = 2;
    if (set) {
      level.concurrency = 32;
      level.rate = 2.4;
      level.planned = 1'000'000'000'000;
      level.planned_conversations = 77;
    }
    level.begin = at(-5ms);
    const auto decoded = decode_level_info(encode(level, test_epoch), test_epoch);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->level, 3U);
    EXPECT_EQ(decoded->trial, 2U);
    EXPECT_EQ(decoded->concurrency, level.concurrency);
    EXPECT_EQ(decoded->rate, level.rate);
    EXPECT_EQ(decoded->planned, level.planned);
    EXPECT_EQ(decoded->planned_conversations, level.planned_conversations);
    EXPECT_EQ(decoded->begin, level.begin);
  }
}

TEST(meta_codec, what_came_with_format_version_3_may_be_missing) {
  auto begin = boost::json::parse(encode(level_info{}, test_epoch)).as_object();
  begin.erase("planned_conversations");
  const auto level = decode_level_info(boost::json::serialize(begin), test_epoch);
  ASSERT_TRUE(level);
  EXPECT_EQ(level->planned_conversations, std::nullopt);
  level_end ending = quiet_end(1s, 2s);
  ending.dropped_conversation = 3;
  auto older = boost::json::parse(encode(ending, test_epoch)).as_object();
  older.erase("dropped_conversation");
  const auto end = decode_level_end(boost::json::serialize(older), test_epoch);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->dropped_conversation, 0U);
}

TEST(meta_codec, a_level_end_comes_back_with_each_optional_set_and_unset) {
  for (const bool set : {true, false}) {
    level_end end = quiet_end(1s, 2s);
    end.duration_mode = set;
    end.cut_short = set;
    end.measured_from = at(1s);
    end.dropped_cap = 7;
    end.dropped_conversation = 9;
    end.dropped_not_reached = 8;
    end.cpu_time = 1500ms;
    end.workers = {{0, 20ms, 3ms}, {1, 100ms, 1ms}};
    if (set) {
      end.tcp_min_rtt = 42us;
      end.tcp_retransmits = 3;
      end.longest_flush_gap = 501ms;
    }
    const auto decoded = decode_level_end(encode(end, test_epoch), test_epoch);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->measured_from, end.measured_from);
    EXPECT_EQ(decoded->issuing_ended, end.issuing_ended);
    EXPECT_EQ(decoded->ended, end.ended);
    EXPECT_EQ(decoded->duration_mode, set);
    EXPECT_EQ(decoded->cut_short, set);
    EXPECT_EQ(decoded->dropped_cap, 7U);
    EXPECT_EQ(decoded->dropped_conversation, 9U);
    EXPECT_EQ(decoded->dropped_not_reached, 8U);
    EXPECT_EQ(decoded->cpu_time, 1500ms);
    ASSERT_EQ(decoded->workers.size(), 2U);
    EXPECT_EQ(decoded->workers[1].worker, 1);
    EXPECT_EQ(decoded->workers[1].busy, 100ms);
    EXPECT_EQ(decoded->workers[0].longest_stall, 3ms);
    EXPECT_EQ(decoded->tcp_min_rtt, end.tcp_min_rtt);
    EXPECT_EQ(decoded->tcp_retransmits, end.tcp_retransmits);
    EXPECT_EQ(decoded->longest_flush_gap, end.longest_flush_gap);
  }
}

TEST(meta_codec, a_run_end_comes_back_as_it_was) {
  const auto decoded = decode_run_end(encode(run_end{true, 15, -1, {{"wire_sha256", "ab"}}}));
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->complete);
  EXPECT_EQ(decoded->interrupted_by, 15);
  EXPECT_EQ(decoded->end_unix_ns, -1);
  EXPECT_EQ(decoded->manifest, (boost::json::object{{"wire_sha256", "ab"}}));
}

TEST(meta_codec, keys_of_a_later_revision_are_passed_over) {
  EXPECT_TRUE(decode_run_end(R"({"complete":true,"interrupted_by":0,"end_unix_ns":0,"manifest":{},"new":[1]})"));
}

TEST(meta_codec, missing_members_and_other_types_are_refused) {
  for (const char* json :
       {"", "{", "[]", "null", "{}", R"({"complete":1,"interrupted_by":0,"end_unix_ns":0,"manifest":{}})",
        R"({"complete":true,"interrupted_by":"x","end_unix_ns":0,"manifest":{}})",
        R"({"complete":true,"interrupted_by":0,"end_unix_ns":0.5,"manifest":{}})",
        R"({"complete":true,"interrupted_by":0,"end_unix_ns":0,"manifest":[]})",
        R"({"complete":true,"interrupted_by":0,"manifest":{}})"})
    EXPECT_FALSE(decode_run_end(json)) << json;
  EXPECT_FALSE(decode_run_info(R"({"run_id":"r","epoch_ns":9000000000000000000,"epoch_unix_ns":0,"manifest":{}})"));
  EXPECT_FALSE(decode_level_info(R"({"level":-1,"trial":1,"concurrency":1,"rate":null,"planned":1,"begin_ns":0})", {}));
  EXPECT_FALSE(decode_level_end(
      R"({"measured_from_ns":0,"issuing_ended_ns":0,"ended_ns":0,"duration_mode":false,"cut_short":false,"dropped_cap":0,"dropped_not_reached":0,)"
      R"("cpu_time_ns":0,"workers":[{"worker":70000,"busy_ns":0,"longest_stall_ns":0}],"tcp_min_rtt_ns":null,)"
      R"("tcp_retransmits":null})",
      {}));
}

} // namespace
} // namespace loadgen::metrics
