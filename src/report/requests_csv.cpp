#include "report/requests_csv.hpp"

#include "metrics/request_figures.hpp"
#include "report/csv.hpp"

#include <loadgen/report/report.hpp>

#include <algorithm>

namespace loadgen::report {

namespace {

using metrics::chunk_stamp;
using metrics::level_info;
using metrics::request_record;

using request_figure = std::optional<double> (*)(const request_record&) noexcept;

std::optional<instant> first_arrival(const request_record& record) {
  return record.chunks.empty() ? std::nullopt : std::optional{record.chunks.front().arrival};
}

std::optional<instant> last_arrival(const request_record& record) {
  return record.chunks.empty() ? std::nullopt : std::optional{record.chunks.back().arrival};
}

/// A latency of a request that did not complete is in no figure; left out here too, it is in none that a reader of the
/// file computes.
std::optional<double> if_completed(request_figure figure, const request_record& record) {
  return metrics::is_measured_completion(record) ? figure(record) : std::nullopt;
}

void write_identity(csv_row& row, const level_info& level, const request_record& record) {
  row.cell("level", level.level);
  row.cell("concurrency", level.concurrency);
  row.cell("rate", level.rate);
  row.cell("trial", level.trial);
  row.cell("index", record.index);
  row.cell("worker", record.worker);
  row.cell("target", record.target);
  row.cell("dataset_line", record.dataset_line);
  row.cell("outcome", to_string(record.end));
  row.cell("cause", to_string(record.why));
  row.cell("http_status", record.http_status == 0 ? std::nullopt : std::optional{record.http_status});
}

void write_clock_points(csv_row& row, instant epoch, const request_record& record) {
  const auto point = [&](std::string_view column, std::optional<instant> when) {
    row.cell(column, when ? std::optional{to_ms(*when - epoch)} : std::nullopt);
  };
  point("planned_ms", record.planned);
  point("released_ms", record.released);
  point("connected_ms", record.connected);
  point("sent_ms", record.sent);
  point("first_byte_ms", record.first_byte);
  point("first_event_ms", record.first_event);
  point("first_chunk_ms", first_arrival(record));
  point("last_chunk_ms", last_arrival(record));
  point("done_ms", record.done);
  point("ended_ms", record.ended);
  row.cell("cap_wait_ms", to_ms(record.cap_wait));
  row.cell("connect_time_ms", to_ms(record.connect_time));
  row.cell("tls_time_ms", to_ms(record.tls_time));
}

void write_figures(csv_row& row, const request_record& record) {
  row.cell("ttft_ms", if_completed(metrics::ttft_ms, record));
  row.cell("ttfo_ms", if_completed(metrics::ttfo_ms, record));
  row.cell("ttfb_ms", if_completed(metrics::ttfb_ms, record));
  row.cell("ttfe_ms", if_completed(metrics::ttfe_ms, record));
  row.cell("ttft_planned_ms", if_completed(metrics::ttft_planned_ms, record));
  row.cell("tpot_ms", if_completed(metrics::tpot_ms, record));
  row.cell("e2e_ms", if_completed(metrics::e2e_ms, record));
  row.cell("e2e_done_ms", if_completed(metrics::e2e_done_ms, record));
  row.cell("e2e_planned_ms", if_completed(metrics::e2e_planned_ms, record));
  row.cell("tokens_per_s", if_completed(metrics::tokens_per_s, record));
  row.cell("send_lag_ms", metrics::send_lag_ms(record));
}

void write_content(csv_row& row, const request_record& record) {
  const auto coalesced = std::count_if(record.chunks.begin(), record.chunks.end(),
                                       [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::coalesced); });
  row.cell("input_tokens", record.usage.input);
  row.cell("cached_input_tokens", record.usage.cached);
  row.cell("output_tokens", metrics::output_tokens(record));
  row.cell("reasoning_tokens", record.usage.reasoning);
  row.cell("token_source", record.usage.output ? "usage" : "chunks");
  row.cell("asked_input_tokens", record.asked_input == 0 ? std::nullopt : std::optional{record.asked_input});
  row.cell("asked_output_tokens", record.asked_output == 0 ? std::nullopt : std::optional{record.asked_output});
  row.cell("chunks", record.chunks.size());
  row.cell("coalesced_chunks", coalesced);
  row.cell("finish_reason", record.finish_reason);
}

void write_transport(csv_row& row, const request_record& record) {
  row.cell("bytes_sent", record.bytes_sent);
  row.cell("bytes_received", record.bytes_received);
  row.cell("retries", record.retries);
  row.cell("stale_reconnects", record.stale_reconnects);
  row.cell("reused_connection", record.reused_connection);
  row.cell("message", record.message);
}

void write_row(csv_row row, const level_info& level, instant epoch, const request_record& record) {
  write_identity(row, level, record);
  write_clock_points(row, epoch, record);
  write_figures(row, record);
  write_content(row, record);
  write_transport(row, record);
  row.end();
}

} // namespace

void append_requests_header(std::string& csv) {
  write_row(csv_row{csv, csv_row::kind::names}, {}, {}, {});
}

void append_request_row(std::string& csv, const level_info& level, instant epoch, const request_record& record) {
  write_row(csv_row{csv, csv_row::kind::values}, level, epoch, record);
}

std::string requests_csv(const analyzed_run& run) {
  std::string csv;
  append_requests_header(csv);
  for (const metrics::recorded_level& level : run.run.levels)
    for (const request_record& record : level.requests)
      if (!record.warmup) append_request_row(csv, level.info, run.run.info.epoch, record);
  return csv;
}

} // namespace loadgen::report
