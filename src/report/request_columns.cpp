#include "report/request_columns.hpp"

#include "metrics/request_figures.hpp"

#include <algorithm>
#include <array>

namespace loadgen::report {

namespace {

using metrics::chunk_stamp;
using metrics::request_record;

using row = const request_row&;

template<auto Get>
constexpr table_column<request_row> of_request(std::string_view name, std::string_view unit = {}) {
  return column<request_row, Get>(name, unit);
}

std::optional<double> ms_after(instant epoch, std::optional<instant> when) {
  return when ? std::optional{to_ms(*when - epoch)} : std::nullopt;
}

/// A clock point of the record, in ms after the start of the run.
template<std::optional<instant> request_record::*Point>
constexpr table_column<request_row> clock_point(std::string_view name) {
  return of_request<[](row of) { return ms_after(of.epoch, of.record.*Point); }>(name, "ms");
}

/// A latency of a request that did not complete is in no figure; left out here too, it is in none that a reader of the
/// table computes.
template<auto Figure>
constexpr table_column<request_row> figure(std::string_view name, std::string_view unit = "ms") {
  return of_request<[](row of) {
    return metrics::is_measured_completion(of.record) ? std::optional<double>{Figure(of.record)} : std::nullopt;
  }>(name, unit);
}

std::optional<instant> first_arrival(const request_record& record) {
  return record.chunks.empty() ? std::nullopt : std::optional{record.chunks.front().arrival};
}

std::optional<instant> last_arrival(const request_record& record) {
  return record.chunks.empty() ? std::nullopt : std::optional{record.chunks.back().arrival};
}

std::int64_t coalesced_chunks(const request_record& record) {
  return std::count_if(record.chunks.begin(), record.chunks.end(),
                       [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::coalesced); });
}

auto conversation_of(const request_record& record) {
  return record.conversation ? std::optional{record.conversation->number} : std::nullopt;
}

auto turn_of(const request_record& record) {
  return record.conversation ? std::optional{record.conversation->turn} : std::nullopt;
}

/// What output_tokens() counts by; "" for a whole answer without a count.
std::string_view token_source(const request_record& record) {
  if (record.usage.output) return "usage";
  return metrics::is_whole_answer(record) ? "" : "chunks";
}

/// 0 stands for "there was none".
template<class Integer>
std::optional<Integer> if_any(Integer value) {
  return value == 0 ? std::nullopt : std::optional{value};
}

constexpr std::array columns_of_requests{
    // Which request it is, and how it ended.
    of_request<[](row of) { return of.level.level; }>("level"),
    of_request<[](row of) { return of.level.concurrency; }>("concurrency", "requests"),
    of_request<[](row of) { return of.level.rate; }>("rate", "requests/s"),
    of_request<[](row of) { return of.level.trial; }>("trial"),
    of_request<[](row of) { return of.record.index; }>("index"),
    of_request<[](row of) { return of.record.worker; }>("worker"),
    of_request<[](row of) { return of.record.target; }>("target"),
    of_request<[](row of) { return of.record.dataset_line; }>("dataset_line"),
    of_request<[](row of) { return conversation_of(of.record); }>("conversation"),
    of_request<[](row of) { return turn_of(of.record); }>("turn"),
    of_request<[](row of) { return to_string(of.record.end); }>("outcome"),
    of_request<[](row of) { return to_string(of.record.why); }>("cause"),
    of_request<[](row of) { return if_any(of.record.http_status); }>("http_status"),
    // Its clock points.
    clock_point<&request_record::planned>("planned_ms"),
    clock_point<&request_record::released>("released_ms"),
    clock_point<&request_record::connected>("connected_ms"),
    clock_point<&request_record::sent>("sent_ms"),
    clock_point<&request_record::first_byte>("first_byte_ms"),
    clock_point<&request_record::first_event>("first_event_ms"),
    of_request<[](row of) { return ms_after(of.epoch, first_arrival(of.record)); }>("first_chunk_ms", "ms"),
    of_request<[](row of) { return ms_after(of.epoch, last_arrival(of.record)); }>("last_chunk_ms", "ms"),
    clock_point<&request_record::done>("done_ms"),
    clock_point<&request_record::ended>("ended_ms"),
    of_request<[](row of) { return to_ms(of.record.cap_wait); }>("cap_wait_ms", "ms"),
    of_request<[](row of) { return to_ms(of.record.connect_time); }>("connect_time_ms", "ms"),
    of_request<[](row of) { return to_ms(of.record.tls_time); }>("tls_time_ms", "ms"),
    // Its figures.
    figure<metrics::ttft_ms>("ttft_ms"),
    figure<metrics::ttfo_ms>("ttfo_ms"),
    figure<metrics::ttfb_ms>("ttfb_ms"),
    figure<metrics::ttfe_ms>("ttfe_ms"),
    figure<metrics::ttft_planned_ms>("ttft_planned_ms"),
    figure<metrics::tpot_ms>("tpot_ms"),
    figure<metrics::e2e_ms>("e2e_ms"),
    figure<metrics::e2e_done_ms>("e2e_done_ms"),
    figure<metrics::e2e_planned_ms>("e2e_planned_ms"),
    figure<metrics::tokens_per_s>("tokens_per_s", "tokens/s"),
    of_request<[](row of) { return metrics::send_lag_ms(of.record); }>("send_lag_ms", "ms"),
    // What was asked and answered.
    of_request<[](row of) { return of.record.usage.input; }>("input_tokens", "tokens"),
    of_request<[](row of) { return of.record.usage.cached; }>("cached_input_tokens", "tokens"),
    of_request<[](row of) { return metrics::output_tokens(of.record); }>("output_tokens", "tokens"),
    of_request<[](row of) { return of.record.usage.reasoning; }>("reasoning_tokens", "tokens"),
    of_request<[](row of) { return token_source(of.record); }>("token_source"),
    of_request<[](row of) { return if_any(of.record.asked_output); }>("asked_output_tokens", "tokens"),
    of_request<[](row of) { return of.record.chunks.size(); }>("chunks", "events"),
    of_request<[](row of) { return coalesced_chunks(of.record); }>("coalesced_chunks", "events"),
    of_request<[](row of) { return std::string_view{of.record.finish_reason}; }>("finish_reason"),
    // How it went over the wire.
    of_request<[](row of) { return of.record.bytes_sent; }>("bytes_sent", "bytes"),
    of_request<[](row of) { return of.record.bytes_received; }>("bytes_received", "bytes"),
    of_request<[](row of) { return of.record.retries; }>("retries", "attempts"),
    of_request<[](row of) { return of.record.stale_reconnects; }>("stale_reconnects", "connections"),
    of_request<[](row of) { return of.record.reused_connection; }>("reused_connection"),
    of_request<[](row of) { return std::string_view{of.record.message}; }>("message"),
};

using token = const token_row&;

const chunk_stamp& stamp_of(token of) {
  return of.record.chunks[of.chunk];
}

template<auto Get>
constexpr table_column<token_row> of_token(std::string_view name, std::string_view unit = {}) {
  return column<token_row, Get>(name, unit);
}

template<std::uint8_t Bit>
constexpr table_column<token_row> flag(std::string_view name) {
  return of_token<[](token of) { return stamp_of(of).has(Bit); }>(name);
}

/// After the content event before it. Events of one read have one stamp: spacing that was not measured is 0, and the
/// flag `coalesced` of all but the last of them says so.
std::optional<double> gap_ms(token of) {
  if (of.chunk == 0) return std::nullopt;
  return to_ms(stamp_of(of).arrival - of.record.chunks[of.chunk - 1].arrival);
}

double receive_lag_us(token of) {
  return std::chrono::duration<double, std::micro>{stamp_of(of).receive_lag}.count();
}

constexpr std::array columns_of_tokens{
    of_token<[](token of) { return of.level.level; }>("level"),
    of_token<[](token of) { return of.level.trial; }>("trial"),
    of_token<[](token of) { return of.record.index; }>("index"),
    of_token<[](token of) { return of.chunk; }>("chunk"),
    of_token<[](token of) { return to_ms(stamp_of(of).arrival - of.epoch); }>("arrival_ms", "ms"),
    of_token<gap_ms>("gap_ms", "ms"),
    of_token<receive_lag_us>("receive_lag_us", "us"),
    flag<chunk_stamp::coalesced>("coalesced"),
    flag<chunk_stamp::behind>("behind"),
    flag<chunk_stamp::answer>("answer"),
    flag<chunk_stamp::user_stamped>("user_stamped"),
    flag<chunk_stamp::whole>("whole"),
};

} // namespace

std::span<const table_column<request_row>> request_columns() noexcept {
  return columns_of_requests;
}

std::span<const table_column<token_row>> token_columns() noexcept {
  return columns_of_tokens;
}

} // namespace loadgen::report
