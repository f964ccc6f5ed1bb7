#include "report/console.hpp"
#include "report/text.hpp"
#include "unit/report/sample_runs.hpp"

#include <boost/algorithm/string/split.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <limits>
#include <string>
#include <vector>

namespace loadgen::report {
namespace {

using metrics::cause;
using metrics::level_summary;

std::uint64_t& count_of(level_summary& level, cause why) {
  return level.requests.causes[static_cast<std::size_t>(why)];
}

std::string& message_of(level_summary& level, cause why) {
  return level.requests.first_messages[static_cast<std::size_t>(why)];
}

analyzed_run sweep() {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t concurrency : {1U, 8U, 32U, 128U})
    samples::add(run, samples::good_level(concurrency, concurrency == 128 ? 1'200 : 100));
  return run;
}

level_summary overloaded_level(std::uint32_t concurrency) {
  level_summary level = samples::good_level(concurrency, 1'200);
  level.requests.completed = 1'100;
  level.requests.failed = 100;
  level.requests.empty = 2;
  level.requests.retries = 1;
  count_of(level, cause::http_status) = 93;
  count_of(level, cause::truncated) = 7;
  level.requests.http_statuses = {{429, 13}, {503, 80}};
  message_of(level, cause::http_status) =
      "{\"error\":{\"message\":\"The server is overloaded, please try again later. Current queue length 256, limit "
      "256.\",\"type\":\"overloaded_error\",\"code\":null}}\r\n";
  message_of(level, cause::truncated) = "the connection ended inside a chunk";
  level.tokens.per_chunk = 1.84;
  level.tokens.cached_input = *level.tokens.input / 3;
  level.trust.judgement = metrics::verdict::degraded;
  level.trust.coalesced_fraction = 0.031;
  level.trust.coalesced_behind_fraction = 0.004;
  level.trust.send_lag_ms = samples::spread(1'200, 0.2, 1.31);
  level.trust.reasons = {"0.4 % of content events were coalesced while the client was behind, above 0.2 %",
                         "send lag p99 1.31 ms is above 1 ms"};
  return level;
}

analyzed_run overloaded_sweep() {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::good_level(8, 1'200));
  samples::add(run, overloaded_level(64));
  samples::add(run, overloaded_level(256));
  return run;
}

analyzed_run interrupted_trials() {
  analyzed_run run = samples::empty_run();
  run.run.end->complete = false;
  run.run.end->interrupted_by = SIGINT;
  run.run.end->end_unix_ns = run.run.info.epoch_unix_ns + 20'500'000'000;
  samples::add(run, samples::good_level(16, 100));
  level_summary second = samples::good_level(16, 39);
  second.complete = false;
  second.info.trial = 2;
  second.requests.planned = 100;
  second.requests.issued = 40;
  second.requests.cancelled = 1;
  second.requests.dropped = 60;
  count_of(second, cause::interrupt) = 1;
  second.tokens.input.reset();
  second.tokens.cached_input.reset();
  second.tokens.source = "chunks";
  samples::add(run, second);
  return run;
}

bool says(const std::string& report, std::string_view words) {
  return report.find(words) != std::string::npos;
}

void expect_at_most_100_columns(const std::string& report) {
  std::vector<std::string> lines;
  boost::algorithm::split(lines, report, [](char c) { return c == '\n'; });
  for (const std::string& line : lines) EXPECT_LE(display_columns(line), 100U) << line;
}

TEST(console_report, a_sweep_with_nothing_wrong) {
  EXPECT_EQ(console_report(sweep()), R"(run       20260722-131502-4f2a (baseline)
target    http://127.0.0.1:8000 (chat)
model     meta-llama/Llama-3.1-8B-Instruct
workload  builtin:default (workload sha256 9f86d081884c)
started   2026-07-22T13:15:02Z (95.2 s)
status    complete
verdict   ok: the client's own part in these figures is negligible

        - requests --  - per second --  -- TTFT ms --  -- ITL ms ---  TPOT ms  - E2E ms --
  conc     ok  failed      req  tokens    p50    p99     p50    p99       p50   p50   p99
     1    100       0    0.635   81.31  41.30  86.73*  12.07  19.31     12.19  1574  1810*
     8    100       0    2.904   371.7  72.27  151.8*  21.12  33.80     21.33  2755  3168*
    32    100       0    9.035    1156  92.92  195.1*  27.16  43.45     27.43  3542  4073*
   128   1200       0    29.57    3785  113.6  238.5   33.19  53.11     33.52  4329   4978
  * fewer than ten samples lie beyond this p99: it is little more than chance

latency against throughput: E2E p50 in ms (up) at output tokens/s (right)
      4329 |                                                                  d
           |
           |                     c
           |
           |       b
      2165 |
           |  a
           |
           |
           |
         0 |
           +-------------------------------------------------------------------
             0                                                             3785
  concurrency: a 1, b 8, c 32, d 128

        window  ------------ requests -------------  - tokens in --  ----- tokens out -----    per
  conc       s  planned  issued  cancelled  dropped   total  cached   total   asked  source  event
     1   157.4      100     100          0        0    6000      0%   12800   12800   usage  1.000
     8   34.44      100     100          0        0    6000      0%   12800   12800   usage  1.000
    32   11.07      100     100          0        0    6000      0%   12800   12800   usage  1.000
   128   40.58     1200    1200          0        0   72000      0%  153600  153600   usage  1.000

audit of the client
                 kernel  - coalesced events --  send lag  receive lag   longest  client
  conc  verdict  stamps            all  behind    p99 ms       p99 ms  stall ms     CPU
     1  ok          yes          0.04%      0%     0.021        0.094     1.200    0.4%
     8  ok          yes          0.07%      0%     0.021        0.094     1.200    3.2%
    32  ok          yes          0.09%      0%     0.021        0.094     1.200     13%
   128  ok          yes           0.1%      0%     0.021        0.094     1.200     51%
)");
}

TEST(console_report, the_curve_of_a_sweep_is_framed_in_box_drawing_where_that_can_be_shown) {
  const std::string report = console_report(sweep(), character_set::unicode);
  EXPECT_NE(report.find("      4329 │ "), std::string::npos) << report;
  EXPECT_NE(report.find("           └───"), std::string::npos) << report;
}

TEST(console_report, the_curve_fits_80_columns_and_marks_where_levels_meet) {
  analyzed_run run = samples::empty_run();
  for (int i = 0; i < 3; ++i) samples::add(run, samples::good_level(8, 1'200));
  for (std::size_t i = 0; i < 3; ++i) {
    level_summary& level = run.levels[i];
    level.info.concurrency = static_cast<std::uint32_t>(1U << i);
    level.rates.output_tokens_per_s = i == 2 ? 1000 : 500;
    level.metrics[static_cast<std::size_t>(metrics::metric::e2e)].p50 = i == 2 ? 400 : 100;
  }
  const std::string curve = curve_section(run, level_naming{run}, character_set::ascii);
  std::vector<std::string> lines;
  boost::algorithm::split(lines, curve, [](char c) { return c == '\n'; });
  ASSERT_EQ(lines.size(), 16U) << curve;
  for (const std::string& line : lines) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_EQ(lines[1], "     400.0 | " + std::string(65, ' ') + "c"); // the highest rate at the highest latency
  EXPECT_EQ(lines[8], "           | " + std::string(33, ' ') + "*"); // half the rate, a quarter of the latency
  EXPECT_EQ(lines[14], "  concurrency: a 1, b 2, c 4; * several");
}

TEST(console_report, one_load_is_no_curve) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::good_level(8, 100));
  EXPECT_EQ(console_report(run).find("latency against throughput"), std::string::npos);
}

TEST(console_report, below_the_figures_stands_how_far_the_instrument_can_have_moved_them) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(8, 1'200);
  const auto bound = [&level](metrics::metric which, double p50, double p99) {
    metrics::instrument_error& of = level.instrument[static_cast<std::size_t>(which)];
    of.p50 = p50;
    of.p99 = p99;
  };
  bound(metrics::metric::ttft, 0.028, 0.041);
  bound(metrics::metric::itl, 0.02, 1.25);
  bound(metrics::metric::tpot, 0.0002, 0.0003);
  bound(metrics::metric::e2e, 0.03, 0.05);
  samples::add(run, level);
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, R"(
        - requests --  - per second --  - TTFT ms --  -- ITL ms --  TPOT ms  -- E2E ms --
  conc     ok  failed      req  tokens    p50    p99    p50    p99      p50    p50    p99
     8   1200       0    2.904   371.7  72.27  151.8  21.12  33.80    21.33   2755   3168
   +/-                                  0.028  0.041  0.020  1.250   <0.001  0.030  0.050
  +/- how far the instrument itself can have moved the figure above it, at most
)")) << report;
  expect_at_most_100_columns(report);
}

void set_intervals(level_summary& level) {
  for (const metrics::metric which : {metrics::metric::ttft, metrics::metric::itl, metrics::metric::e2e}) {
    metrics::distribution& of = level.metrics[static_cast<std::size_t>(which)];
    of.ci95.p50 = metrics::interval{*of.p50 * 0.98, *of.p50 * 1.03};
    if (!of.thin_p99) of.ci95.p99 = metrics::interval{*of.p99 * 0.9, *of.p99 * 1.1};
  }
}

TEST(console_report, confidence_intervals_have_a_table_of_their_own) {
  analyzed_run run = sweep();
  for (level_summary& level : run.levels) set_intervals(level);
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, R"(
95% confidence intervals
        ------- TTFT ms --------  -------- ITL ms --------  ------ E2E ms ------
  conc          p50          p99          p50          p99        p50        p99
     1  40.47-42.54            -  11.83-12.43  17.38-21.24  1543-1621          -
     8  70.83-74.44            -  20.70-21.76  30.42-37.18  2700-2837          -
    32  91.07-95.71            -  26.61-27.97  39.11-47.80  3471-3648          -
   128  111.3-117.0  214.7-262.4  32.53-34.19  47.80-58.42  4242-4459  4481-5476
)")) << report;
  expect_at_most_100_columns(report);
}

TEST(console_report, trials_are_followed_by_their_mean_s_interval) {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t trial : {1U, 2U}) {
    level_summary level = samples::good_level(8, 1'000);
    level.info.trial = trial;
    level.metrics.front().p50 = 100 + trial; // 101 and 102: 101.5, and t(0.975, 1) / 2 = 6.353 about it
    samples::add(run, level);
    run.levels.back().info.level = 0;
  }
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, "     8    all  95.15-107.9")) << report;
}

metrics::steady_state cold(const level_summary& level, std::uint64_t requests, double share) {
  metrics::steady_state state;
  state.which = metrics::metric::ttft;
  state.reached = true;
  state.warmup_requests = requests;
  state.warmup_s = 1.25;
  state.p50 = level.of(metrics::metric::ttft).p50;
  state.p99 = *level.of(metrics::metric::ttft).p99 * share;
  return state;
}

TEST(console_report, a_warm_up_that_was_too_short_is_told_with_what_it_did) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(8, 1'000);
  level.steadiness = {cold(level, 30, 0.5)};
  samples::add(run, level);
  EXPECT_TRUE(says(console_report(run),
                   "  ! concurrency 8: TTFT had not settled when measuring began: without the first 30 requests "
                   "(1.250\n    s) it has p50 72.27 instead of 72.27 ms, p99 75.89 instead of 151.8 ms; make the "
                   "warm-up longer\n    by as much\n"))
      << console_report(run);
  run.levels.front().steadiness = {cold(level, 30, 0.97)}; // no figure was moved by a twentieth
  EXPECT_FALSE(says(console_report(run), "settled"));
}

TEST(console_report, a_level_that_never_settled_is_told) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(8, 1'000);
  level.steadiness = {cold(level, 0, 2)};
  level.steadiness.front().reached = false;
  samples::add(run, level);
  EXPECT_TRUE(says(console_report(run), "  ! concurrency 8: TTFT did not settle; in the second half of the requests"));
}

TEST(console_report, a_saturated_level_is_told_once) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(8, 1'000);
  level.info.concurrency.reset();
  level.info.rate = 40;
  level.queue = metrics::queue_growth{.saturated = true, .begin = 12, .end = 340, .per_s = 13.12};
  level.steadiness = {cold(level, 0, 2)};
  level.steadiness.front().reached = false;
  samples::add(run, level);
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, "  ! rate 40/s: saturated: requests came faster than they were served, and those waiting or "
                           "in flight\n    grew from 12 to 340, by 13.12/s;"))
      << report;
  EXPECT_FALSE(says(report, "did not settle"));
}

TEST(console_report, an_slo_has_a_table_of_its_own) {
  analyzed_run run = samples::empty_run();
  for (const auto& [concurrency, met] : {std::pair{8U, 999U}, {32U, 989U}}) {
    level_summary level = samples::good_level(concurrency, 1'000);
    samples::set_attainment(level, met, 1'000);
    samples::add(run, level);
  }
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, R"(
objectives: ttft <= 500 ms, itl <= 50 ms; 99% of the requests must meet all of them
               - requests --   share  - of them met --  goodput
  conc  holds      met    of     met      ttft     itl    req/s
     8  yes        999  1000  99.90%   100.00%  99.90%    2.901
    32  no         989  1000  98.90%    99.00%  98.90%    8.935

)")) << report;
  expect_at_most_100_columns(report);
}

TEST(console_report, a_server_that_refuses_and_a_client_that_is_late) {
  EXPECT_EQ(console_report(overloaded_sweep()), R"(run       20260722-131502-4f2a (baseline)
target    http://127.0.0.1:8000 (chat)
model     meta-llama/Llama-3.1-8B-Instruct
workload  builtin:default (workload sha256 9f86d081884c)
started   2026-07-22T13:15:02Z (95.2 s)
status    complete
verdict   degraded: the client's own part may show in these figures, see the audit

        - requests --  - per second --  - TTFT ms --  -- ITL ms --  TPOT ms  - E2E ms --
  conc     ok  failed      req  tokens    p50    p99    p50    p99      p50    p50   p99
     8   1200       0    2.904   371.7  72.27  151.8  21.12  33.80    21.33   2755  3168
    64   1100     100    16.26    2082  103.2  216.8  30.18  48.28    30.48   3935  4526
   256   1100     100    54.21    6939  123.9  260.2  36.21  57.94    36.57   4723  5431

latency against throughput: E2E p50 in ms (up) at output tokens/s (right)
      4723 |                                                                  c
           |
           |                     b
           |
           |    a
      2361 |
           |
           |
           |
           |
         0 |
           +-------------------------------------------------------------------
             0                                                             6939
  concurrency: a 8, b 64, c 256

warnings
  ! concurrency 64, 256: up to 8.3% of the requests failed; they are in no latency figure, and a
    server that refuses work looks fast
  ! concurrency 64, 256: up to 1 retry; latencies are from the first attempt on
  ! concurrency 64, 256: up to 2 requests completed without any content; in no latency figure
  ! concurrency 64, 256: up to 1.84 tokens an event; ITL is the gap between events, TPOT the time
    per token
  ! concurrency 64, 256: up to 33% of the input tokens came from the server's prefix cache, which
    shortens TTFT

        window  ------------ requests -------------  - tokens in --  ----- tokens out -----    per
  conc       s  planned  issued  cancelled  dropped   total  cached   total   asked  source  event
     8   413.2     1200    1200          0        0   72000      0%  153600  153600   usage  1.000
    64   73.79     1200    1200          0        0   72000     33%  153600  153600   usage  1.840
   256   22.14     1200    1200          0        0   72000     33%  153600  153600   usage  1.840

failed and cancelled requests
  conc  ended by     count  first message
    64  http_status     93  13 x 429, 80 x 503: {"error":{"message":"The server is overloaded,
                            please try again later. Current queue length 256, limit
                            256.","type":"overloaded_error","code":null}}
    64  truncated        7  the connection ended inside a chunk
   256  http_status     93  13 x 429, 80 x 503: as above
   256  truncated        7  as above

audit of the client
                  kernel  - coalesced events --  send lag  receive lag   longest  client
  conc  verdict   stamps            all  behind    p99 ms       p99 ms  stall ms     CPU
     8  ok           yes          0.07%      0%     0.021        0.094     1.200    3.2%
    64  degraded     yes           3.1%    0.4%     1.310        0.094     1.200     26%
      - 0.4 % of content events were coalesced while the client was behind, above 0.2 %
      - send lag p99 1.31 ms is above 1 ms
   256  degraded     yes           3.1%    0.4%     1.310        0.094     1.200    102%
      - 0.4 % of content events were coalesced while the client was behind, above 0.2 %
      - send lag p99 1.31 ms is above 1 ms
)");
}

TEST(console_report, an_interrupted_run) {
  EXPECT_EQ(console_report(interrupted_trials()), R"(run       20260722-131502-4f2a (baseline)
target    http://127.0.0.1:8000 (chat)
model     meta-llama/Llama-3.1-8B-Instruct
workload  builtin:default (workload sha256 9f86d081884c)
started   2026-07-22T13:15:02Z (20.5 s)
status    incomplete: interrupted by SIGINT; finished 1 of 2 levels begun
verdict   ok: the client's own part in these figures is negligible

               - requests --  - per second --  -- TTFT ms --  -- ITL ms ---  TPOT ms  - E2E ms --
  conc  trial     ok  failed      req  tokens    p50    p99     p50    p99       p50   p50   p99
    16      1    100       0    5.082   650.5  82.60  173.5*  24.14  38.62     24.38  3148  3621*
    16      2     39       0    5.082   650.5  82.60  173.5*  24.14  38.62     24.38  3148  3621*
  * fewer than ten samples lie beyond this p99: it is little more than chance

warnings
  ! concurrency 16 trial 2: incomplete; the figures are of the part that was measured
  ! concurrency 16 trial 2: not every response had usage; where it is missing, one event counts as
    one token

             window ----------- requests ----------- - tokens in - --- tokens out ---   per
  conc trial      s planned issued cancelled dropped  total cached total asked source event
    16     1  19.68     100    100         0       0   6000     0% 12800 12800  usage 1.000
    16     2  7.674     100     40         1      60      -      -  4992  4992 chunks 1.000

failed and cancelled requests
  conc  trial  ended by   count  first message
    16      2  interrupt      1

audit of the client
                        kernel  - coalesced events --  send lag  receive lag   longest  client
  conc  trial  verdict  stamps            all  behind    p99 ms       p99 ms  stall ms     CPU
    16      1  ok          yes          0.08%      0%     0.021        0.094     1.200    6.4%
    16      2  ok          yes          0.08%      0%     0.021        0.094     1.200    6.4%
)");
}

TEST(console_report, a_killed_run_is_incomplete_and_says_so) {
  analyzed_run run = sweep();
  run.run.end.reset();
  run.run.damaged = true;
  run.levels.back().complete = false;
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, "status    incomplete: killed, ")) << report;
  EXPECT_TRUE(says(report, "finished 3 of 4 levels begun")) << report;
  EXPECT_TRUE(says(report, "started   2026-07-22T13:15:02Z\n")) << report;
  EXPECT_TRUE(says(report, "  ! concurrency 128: incomplete; ")) << report;
  EXPECT_TRUE(says(report, "the last block of raw/records.bin was cut short")) << report;
}

TEST(console_report, a_run_that_gave_up_is_incomplete) {
  analyzed_run run = sweep();
  run.run.end->complete = false;
  EXPECT_TRUE(says(console_report(run), "status    incomplete: ended before the whole plan was sent; "));
}

TEST(console_report, a_run_without_levels_measured_nothing) {
  analyzed_run run = samples::empty_run();
  run.run.info.manifest.clear();
  run.run.end.reset();
  EXPECT_EQ(console_report(run), R"(run       20260722-131502-4f2a
started   2026-07-22T13:15:02Z
status    incomplete: killed, figures of what had been saved; finished 0 of 0 levels begun
verdict   none: nothing was measured
)");
}

TEST(console_report, failures_of_one_percent_are_tolerated_and_more_are_not) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(4, 1'000);
  level.requests.failed = 10;
  samples::add(run, level);
  EXPECT_FALSE(says(console_report(run), "looks fast"));
  run.levels[0].requests.failed = 11;
  EXPECT_TRUE(says(console_report(run), "  ! concurrency 4: 1.1% of the requests failed; "));
}

TEST(console_report, more_than_one_token_an_event_is_pointed_out) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(4, 1'000);
  level.tokens.per_chunk = 1.1;
  samples::add(run, level);
  EXPECT_FALSE(says(console_report(run), "tokens an event"));
  run.levels[0].tokens.per_chunk = 1.11;
  EXPECT_TRUE(says(console_report(run), "  ! concurrency 4: 1.11 tokens an event; "));
}

TEST(console_report, requests_cut_off_by_the_drain_limit_are_pointed_out) {
  analyzed_run run = samples::empty_run();
  level_summary level = samples::good_level(4, 1'000);
  level.requests.cancelled = 3;
  count_of(level, cause::drain_limit) = 3;
  samples::add(run, level);
  EXPECT_TRUE(says(console_report(run), "  ! concurrency 4: 3 requests cancelled at the drain limit; "));
}

TEST(console_report, an_open_loop_is_told_by_its_rates) {
  analyzed_run run = samples::empty_run();
  for (const double rate : {0.5, 12.0}) {
    level_summary level = overloaded_level(8);
    level.info.concurrency.reset();
    level.info.rate = rate;
    samples::add(run, level);
  }
  samples::add(run, samples::good_level(8, 2'000));
  run.levels.back().info.rate = 24.0;
  run.levels.back().metrics[static_cast<std::size_t>(metrics::metric::ttft_planned)].p90 = 81.25;
  const std::string report = console_report(run);
  EXPECT_TRUE(says(report, "  rate/s  ")) << report;
  EXPECT_TRUE(says(report, "from the planned moment\n")) << report;
  EXPECT_TRUE(says(report, "81.25")) << report;
  EXPECT_TRUE(says(report, "  ! rate 0.5/s, 12/s: up to 8.3% of the requests failed; ")) << report;
}

TEST(console_report, hostile_text_cannot_leave_its_place) {
  analyzed_run run = samples::empty_run();
  run.run.info.manifest["label"] = "\x1b]0;owned\x07";
  run.run.info.manifest["target"].as_object()["model"] = "m\nverdict   ok";
  level_summary level = overloaded_level(8);
  message_of(level, cause::http_status) = "\x1b[2J\x1b[H\r\nrun ok\xE2\x80\xAE\xFF" + std::string(200, 'x');
  level.trust.reasons = {"stall\x1b[8m"};
  samples::add(run, level);
  const std::string report = console_report(run);
  for (const char c : report) EXPECT_TRUE(c == '\n' || (c >= ' ' && c != '\x7F') || c < 0) << static_cast<int>(c);
  EXPECT_TRUE(says(report, "run       20260722-131502-4f2a (\\x1b]0;owned\\x07)\n")) << report;
  EXPECT_TRUE(says(report, "model     m\\nverdict ok\n")) << report;
  EXPECT_TRUE(says(report, ": \\x1b[2J\\x1b[H\\r\\nrun\n")) << report;
  EXPECT_TRUE(says(report, "  ok\\u202e\xEF\xBF\xBDxxx")) << report;
  EXPECT_TRUE(says(report, "- stall\\x1b[8m\n")) << report;
  expect_at_most_100_columns(report);
}

TEST(console_report, certificates_that_were_not_looked_at_are_the_first_warning) {
  analyzed_run run = sweep();
  run.run.info.manifest["settings"] = {{"insecure", {{"value", true}, {"source", "flag"}}}};
  EXPECT_FALSE(says(console_report(run), "INSECURE")); // plain http has none
  run.run.info.manifest["target"].as_object()["urls"] = {"http://a", "https://b"};
  EXPECT_TRUE(says(console_report(run), "warnings\n  ! INSECURE: certificates were not verified"))
      << console_report(run);
  run.run.info.manifest["settings"] = {{"insecure", {{"value", false}, {"source", "default"}}}};
  EXPECT_FALSE(says(console_report(run), "INSECURE"));
}

TEST(console_report, stays_within_100_columns_whatever_it_is_given) {
  for (analyzed_run run : {sweep(), overloaded_sweep(), interrupted_trials()}) {
    expect_at_most_100_columns(console_report(run));
    run.run.info.run_id = std::string(130, 'r');
    run.run.info.manifest["label"] = std::string(300, 'l');
    run.run.info.manifest["target"].as_object()["model"] = std::string(150, 'm');
    for (level_summary& level : run.levels) {
      level.info.concurrency = 16'384;
      level.info.trial = 12;
      level.requests.planned = level.requests.issued = 12'345'678;
      level.requests.completed = level.requests.failed = level.requests.dropped = 1'234'567;
      level.tokens.output = level.tokens.asked_output = 1'234'567'890;
      level.tokens.input = level.tokens.cached_input = 9'876'543'210;
      level.window_s = 86'400.0;
      level.rates.requests_per_s = 123'456;
      level.rates.output_tokens_per_s = 9'876'543;
      for (metrics::distribution& of : level.metrics) of = samples::spread(100, 654'321, 987'654'321);
      level.requests.causes.fill(999'999);
      for (std::string& message : level.requests.first_messages) message = std::string(300, 'x');
      message_of(level, cause::tls) = std::string(100, ' ') + "\xE4\xBD\xA0\xE5\xA5\xBD" + std::string(290, 'y');
      level.trust.reasons.push_back(std::string(250, 'z'));
      level.trust.longest_stall_ms = std::numeric_limits<double>::infinity();
    }
    expect_at_most_100_columns(console_report(run));
  }
}

TEST(console_numbers, have_about_four_digits) {
  EXPECT_EQ(compact({}), "-");
  EXPECT_EQ(compact(0.0), "0.000");
  EXPECT_EQ(compact(0.0004), "<0.001");
  EXPECT_EQ(compact(0.0126), "0.013");
  EXPECT_EQ(compact(9.9994), "9.999");
  EXPECT_EQ(compact(9.9996), "10.00");
  EXPECT_EQ(compact(99.996), "100.0");
  EXPECT_EQ(compact(999.96), "1000");
  EXPECT_EQ(compact(123'456.0), "123456");
  EXPECT_EQ(compact(12'345'678.0), "1.2e+07");
  EXPECT_EQ(compact(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(console_numbers, shares_are_percent) {
  EXPECT_EQ(percent({}), "-");
  EXPECT_EQ(percent(0.0), "0%");
  EXPECT_EQ(percent(0.00001), "<0.01%");
  EXPECT_EQ(percent(0.0004), "0.04%");
  EXPECT_EQ(percent(0.012), "1.2%");
  EXPECT_EQ(percent(0.57), "57%");
  EXPECT_EQ(percent(3.2), "320%");
}

} // namespace
} // namespace loadgen::report
