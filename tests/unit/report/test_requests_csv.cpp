#include "unit/report/sample_runs.hpp"

#include <gtest/gtest.h>

namespace loadgen::report {
namespace {

using namespace std::chrono_literals;
using metrics::chunk_stamp;
using metrics::request_record;

constexpr instant epoch{1'000s};

const std::string header =
    "level,concurrency,rate,trial,index,worker,target,dataset_line,model,conversation,turn,outcome,cause,http_status,"
    "planned_"
    "ms,released_ms,"
    "connected_ms,sent_ms,first_byte_ms,first_event_ms,first_chunk_ms,last_chunk_ms,done_ms,ended_ms,cap_wait_ms,"
    "connect_time_ms,tls_time_ms,ttft_ms,ttfo_ms,ttfb_ms,ttfe_ms,ttft_planned_ms,tpot_ms,e2e_ms,e2e_done_ms,"
    "e2e_planned_ms,tokens_per_s,send_lag_ms,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,"
    "token_source,asked_input_tokens,asked_output_tokens,chunks,coalesced_chunks,finish_reason,bytes_sent,bytes_"
    "received,retries,"
    "stale_reconnects,reused_connection,message\n";

analyzed_run run_with(std::vector<request_record> requests) {
  analyzed_run run = samples::empty_run();
  run.run.info.epoch = epoch;
  metrics::recorded_level level;
  level.info.level = 1;
  level.info.trial = 3;
  level.info.concurrency = 8;
  level.requests = std::move(requests);
  run.run.levels.push_back(std::move(level));
  return run;
}

// Reasoning at 30 ms after sent, the answer at 45 ms and, coalesced pair, at 60 ms; done at 60.5 ms.
request_record completed_request() {
  request_record record;
  record.index = 7;
  record.worker = 2;
  record.target = 1;
  record.dataset_line = 5;
  record.conversation = metrics::conversation_place{12, 3, 4};
  record.planned = epoch + 99ms;
  record.released = epoch + 101ms;
  record.connected = epoch + 101ms + 250us;
  record.sent = epoch + 101ms + 500us;
  record.first_byte = *record.sent + 10ms;
  record.first_event = *record.sent + 11ms;
  record.chunks = {{*record.sent + 30ms, {}, 0},
                   {*record.sent + 45ms, {}, chunk_stamp::answer},
                   {*record.sent + 60ms, {}, chunk_stamp::answer | chunk_stamp::coalesced},
                   {*record.sent + 60ms, {}, chunk_stamp::answer}};
  record.done = *record.sent + 60ms + 500us;
  record.ended = *record.sent + 61ms;
  record.cap_wait = 1ms;
  record.connect_time = 200us;
  record.tls_time = 1500us;
  record.usage = {.input = 11, .cached = 3, .output = 4, .reasoning = 1};
  record.asked_output = 16;
  record.asked_input = 12;
  record.finish_reason = "stop";
  record.end = metrics::outcome::completed;
  record.http_status = 200;
  record.retries = 1;
  record.stale_reconnects = 2;
  record.reused_connection = true;
  record.bytes_sent = 321;
  record.bytes_received = 4321;
  return record;
}

request_record failed_request() {
  request_record record;
  record.index = 8;
  record.released = epoch + 200ms;
  record.connected = epoch + 200ms;
  record.sent = epoch + 200ms + 1us;
  record.first_byte = epoch + 203ms;
  record.ended = epoch + 204ms;
  record.end = metrics::outcome::failed;
  record.why = metrics::cause::http_status;
  record.http_status = 503;
  record.message = "=cmd|'/c calc'!A1, \"busy\"\r\n\x1b[31m";
  return record;
}

TEST(requests_csv, a_completed_request_has_its_clock_points_and_figures) {
  EXPECT_EQ(
      requests_csv(run_with({completed_request()})),
      header +
          "1,8,,3,7,2,1,5,meta-llama/"
          "Llama-3.1-8B-Instruct,12,3,completed,,200,99,101,101.25,101.5,111.5,112.5,131.5,161.5,162,162.5,1,0.2,1.5,"
          "30,45,10,11,32.5,10,60,60.5,62.5,100,1.25,11,3,4,1,usage,12,16,4,1,stop,321,4321,1,2,true,\n");
}

TEST(requests_csv, a_failed_request_has_its_cause_and_no_latencies) {
  EXPECT_EQ(
      requests_csv(run_with({failed_request()})),
      header +
          "1,8,,3,8,0,0,0,meta-llama/Llama-3.1-8B-Instruct,,,failed,http_status,503,,200,200,200.001,203,,,,,204,0,0,0,"
          ",,,,,,,,,,0.001,,,0,,chunks,,,0,0,,0,0,0,0,false,"
          "\"'=cmd|'/c calc'!A1, \"\"busy\"\"\\r\\n\\x1b[31m\"\n");
}

TEST(requests_csv, warm_up_requests_have_no_row) {
  request_record warmup = completed_request();
  warmup.warmup = true;
  EXPECT_EQ(requests_csv(run_with({warmup})), header);
}

TEST(requests_csv, a_run_without_requests_is_a_header) {
  EXPECT_EQ(requests_csv(samples::empty_run()), header);
}

} // namespace
} // namespace loadgen::report
