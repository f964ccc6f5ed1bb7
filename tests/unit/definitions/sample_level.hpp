#pragma once

#include <loadgen/definitions/figures.hpp>
#include <loadgen/metrics/recorded_run.hpp>

#include <vector>

namespace loadgen::definitions {

using namespace std::chrono_literals;
using metrics::chunk_stamp;
using metrics::empty_event_stamp;
using metrics::request_record;

/// Where the clock of these tests begins: not at zero, so that a forgotten epoch shows.
inline constexpr instant test_epoch{1'000'000s};

constexpr instant at(duration since) noexcept {
  return test_epoch + since;
}

inline chunk_stamp text_at(duration since) {
  return {at(since), {}, chunk_stamp::answer};
}

inline chunk_stamp reasoning_at(duration since) {
  return {at(since), {}, 0};
}

inline chunk_stamp arguments_at(duration since) {
  return {at(since), {}, chunk_stamp::answer | chunk_stamp::calls_only};
}

/// A completed closed-loop request on a connection that was open.
inline request_record request(std::uint64_t index, duration sent, std::vector<chunk_stamp> chunks, duration done) {
  request_record record;
  record.index = index;
  record.released = record.connected = record.sent = at(sent);
  record.chunks = std::move(chunks);
  record.done = record.ended = at(done);
  record.end = metrics::outcome::completed;
  record.http_status = 200;
  record.reused_connection = true;
  return record;
}

/// The level that the figures in test_tools.cpp were worked out for; times in ms from the epoch.
///
///   A  connects 0-5; sent 5; role 105, reasoning 115 and 125, blank 145, text 155 and 195, finish 205, done 215;
///      100 tokens in, 12 out, 4 of them reasoning
///   B  sent 300; text 380, all 5 tokens of it, done 390; 50 in, 5 out
///   C  sent 400; text 450 and 460, an error event and [DONE] 470; no usage, 9 asked for
///   D  sent 500; answered 503 at 510
///   E  sent 600; role 620, finish 640, done 650: empty; 50 in, 1 out
///   F  sent 700; name of a tool 740, arguments 750 and 770, finish 775, done 780; 50 in, 6 out
///
/// and one warm-up and one cancelled request, which are in no figure.
inline metrics::recorded_level sample_level() {
  request_record a = request(0, 5ms, {reasoning_at(115ms), reasoning_at(125ms), text_at(155ms), text_at(195ms)}, 215ms);
  a.released = at(0ms);
  a.connect_time = 3ms;
  a.tls_time = 2ms;
  a.reused_connection = false;
  a.empty_events = {{at(105ms), 0}, {at(145ms), empty_event_stamp::blank}, {at(205ms), 0}};
  a.usage = {.input = 100, .cached = {}, .output = 12, .reasoning = 4};

  request_record b = request(1, 300ms, {text_at(380ms)}, 390ms);
  b.usage = {.input = 50, .cached = {}, .output = 5, .reasoning = {}};

  request_record c = request(2, 400ms, {text_at(450ms), text_at(460ms)}, 470ms);
  c.end = metrics::outcome::failed;
  c.why = metrics::cause::in_band_error;
  c.asked_output = 9;

  request_record d = request(3, 500ms, {}, 510ms);
  d.end = metrics::outcome::failed;
  d.why = metrics::cause::http_status;
  d.http_status = 503;

  request_record e = request(4, 600ms, {}, 650ms);
  e.empty_events = {{at(620ms), 0}, {at(640ms), 0}};
  e.usage = {.input = 50, .cached = {}, .output = 1, .reasoning = {}};

  request_record f = request(5, 700ms, {arguments_at(750ms), arguments_at(770ms)}, 780ms);
  f.empty_events = {{at(740ms), empty_event_stamp::call}, {at(775ms), 0}};
  f.usage = {.input = 50, .cached = {}, .output = 6, .reasoning = {}};

  request_record warmup = request(0, -900ms, {text_at(-100ms)}, -50ms);
  warmup.warmup = true;
  request_record cancelled = request(6, 710ms, {text_at(1710ms)}, 2710ms);
  cancelled.end = metrics::outcome::cancelled;
  cancelled.why = metrics::cause::drain_limit;

  metrics::recorded_level level;
  level.info.begin = test_epoch;
  level.requests = {warmup, a, b, c, d, e, f, cancelled};
  return level;
}

} // namespace loadgen::definitions
