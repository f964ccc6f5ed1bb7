#include "metrics/record_codec.hpp"

#include "metrics/byte_stream.hpp"
#include "metrics/stored_time.hpp"

#include <array>

namespace loadgen::metrics {

namespace {

// Bits of the word that begins a record: two flags, then whether each optional field follows.
constexpr std::uint32_t warmup_bit = 1U << 0U;
constexpr std::uint32_t reused_connection_bit = 1U << 1U;
constexpr unsigned first_clock_point_bit = 2;
constexpr unsigned first_usage_bit = 10;
constexpr std::uint32_t empty_events_bit = 1U << 14U;
constexpr std::uint32_t send_time_bit = 1U << 15U;
constexpr std::uint32_t conversation_bit = 1U << 16U; // from format version 3
constexpr std::uint32_t known_bits = (1U << 17U) - 1;

constexpr std::array clock_points{
    &request_record::planned,    &request_record::released,    &request_record::connected, &request_record::sent,
    &request_record::first_byte, &request_record::first_event, &request_record::done,      &request_record::ended,
};
constexpr std::array waits{&request_record::cap_wait, &request_record::connect_time, &request_record::tls_time};
constexpr std::array usage_fields{&token_usage::input, &token_usage::cached, &token_usage::output,
                                  &token_usage::reasoning};

constexpr std::uint8_t known_chunk_flags = chunk_stamp::coalesced | chunk_stamp::behind | chunk_stamp::answer |
                                           chunk_stamp::user_stamped | chunk_stamp::reasoning_content |
                                           chunk_stamp::calls_only | chunk_stamp::whole;
constexpr std::uint8_t known_empty_event_flags = empty_event_stamp::blank | empty_event_stamp::call;

// Three one-byte fields; two of them; and an empty name with its eight-byte value.
constexpr std::size_t smallest_chunk = 3;
constexpr std::size_t smallest_empty_event = 2;
constexpr std::size_t smallest_figure = 9;

constexpr bool is_set(std::uint32_t bits, unsigned bit) noexcept {
  return ((bits >> bit) & 1U) != 0;
}

std::uint32_t presence_bits(const request_record& record) noexcept {
  std::uint32_t bits = 0;
  if (record.warmup) bits |= warmup_bit;
  if (record.reused_connection) bits |= reused_connection_bit;
  for (unsigned i = 0; i < clock_points.size(); ++i)
    if (record.*clock_points[i]) bits |= 1U << (first_clock_point_bit + i);
  for (unsigned i = 0; i < usage_fields.size(); ++i)
    if (record.usage.*usage_fields[i]) bits |= 1U << (first_usage_bit + i);
  if (!record.empty_events.empty()) bits |= empty_events_bit;
  if (record.send_time) bits |= send_time_bit;
  if (record.conversation) bits |= conversation_bit;
  return bits;
}

void encode_chunks(const std::vector<chunk_stamp>& chunks, instant epoch, byte_writer& out) {
  out.varint(chunks.size());
  instant previous = epoch;
  for (const chunk_stamp& chunk : chunks) {
    out.zigzag((chunk.arrival - previous).count());
    out.varint(chunk.receive_lag.count());
    out.byte(chunk.flags);
    previous = chunk.arrival;
  }
}

void encode_empty_events(const std::vector<empty_event_stamp>& events, instant epoch, byte_writer& out) {
  out.varint(events.size());
  instant previous = epoch;
  for (const empty_event_stamp& event : events) {
    out.zigzag((event.arrival - previous).count());
    out.byte(event.flags);
    previous = event.arrival;
  }
}

duration decode_span(byte_reader& in) noexcept {
  const auto span = stored_span(in.zigzag());
  if (!span) in.fail();
  return span.value_or(duration::zero());
}

void decode_chunks(byte_reader& in, instant epoch, std::vector<chunk_stamp>& chunks) {
  const std::size_t count = in.count(smallest_chunk);
  chunks.reserve(count);
  duration offset{};
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const auto next = stored_span((offset + decode_span(in)).count());
    if (!next) return in.fail();
    offset = *next;
    chunk_stamp& chunk = chunks.emplace_back();
    chunk.arrival = epoch + offset;
    chunk.receive_lag = std::chrono::duration<std::uint32_t, std::nano>{in.varint<std::uint32_t>()};
    chunk.flags = in.byte();
    if ((chunk.flags & ~known_chunk_flags) != 0) in.fail();
  }
}

void decode_empty_events(byte_reader& in, instant epoch, std::vector<empty_event_stamp>& events) {
  const std::size_t count = in.count(smallest_empty_event);
  events.reserve(count);
  duration offset{};
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const auto next = stored_span((offset + decode_span(in)).count());
    if (!next) return in.fail();
    offset = *next;
    events.push_back({epoch + offset, in.byte()});
    if ((events.back().flags & ~known_empty_event_flags) != 0) in.fail();
  }
}

void decode_end(byte_reader& in, request_record& record) {
  const std::uint8_t end = in.byte();
  const std::uint8_t why = in.byte();
  if (end > static_cast<std::uint8_t>(outcome::cancelled) || why >= cause_count) return in.fail();
  record.end = static_cast<outcome>(end);
  record.why = static_cast<cause>(why);
}

void decode_record(byte_reader& in, instant epoch, request_record& record) {
  const auto bits = in.varint<std::uint32_t>();
  if ((bits & ~known_bits) != 0) return in.fail();
  record.warmup = (bits & warmup_bit) != 0;
  record.reused_connection = (bits & reused_connection_bit) != 0;
  record.index = in.varint<std::uint64_t>();
  record.worker = in.varint<std::uint16_t>();
  record.target = in.varint<std::uint16_t>();
  record.dataset_line = in.varint<std::uint32_t>();
  if ((bits & conversation_bit) != 0) {
    conversation_place& place = record.conversation.emplace();
    place.number = in.varint<std::uint64_t>();
    place.turn = in.varint<std::uint32_t>();
    place.turns = in.varint<std::uint32_t>();
    if (place.turn == 0 || place.turn > place.turns) return in.fail();
  }
  for (unsigned i = 0; i < clock_points.size(); ++i)
    if (is_set(bits, first_clock_point_bit + i)) record.*clock_points[i] = epoch + decode_span(in);
  if ((bits & send_time_bit) != 0) record.send_time = decode_span(in);
  for (const auto wait : waits) record.*wait = decode_span(in);
  for (unsigned i = 0; i < usage_fields.size(); ++i)
    if (is_set(bits, first_usage_bit + i)) record.usage.*usage_fields[i] = in.varint<std::uint32_t>();
  record.asked_output = in.varint<std::uint32_t>();
  record.finish_reason = in.text();
  decode_end(in, record);
  record.http_status = in.varint<std::uint16_t>();
  record.message = in.text();
  record.stale_reconnects = in.varint<std::uint16_t>();
  record.retries = in.varint<std::uint16_t>();
  record.bytes_sent = in.varint<std::uint64_t>();
  record.bytes_received = in.varint<std::uint64_t>();
  const std::size_t figures = in.count(smallest_figure);
  record.server_figures.reserve(figures);
  for (std::size_t i = 0; i < figures && !in.failed(); ++i) {
    const std::string_view name = in.text();
    record.server_figures.emplace_back(name, in.float64());
  }
  decode_chunks(in, epoch, record.chunks);
  if ((bits & empty_events_bit) != 0) decode_empty_events(in, epoch, record.empty_events);
}

} // namespace

void encode_record(const request_record& record, instant epoch, std::string& bytes) {
  byte_writer out{bytes};
  out.varint(presence_bits(record));
  out.varint(record.index);
  out.varint(record.worker);
  out.varint(record.target);
  out.varint(record.dataset_line);
  if (record.conversation) {
    out.varint(record.conversation->number);
    out.varint(record.conversation->turn);
    out.varint(record.conversation->turns);
  }
  for (const auto point : clock_points)
    if (const auto& when = record.*point) out.zigzag(to_stored(*when, epoch));
  if (record.send_time) out.zigzag(record.send_time->count());
  for (const auto wait : waits) out.zigzag((record.*wait).count());
  for (const auto field : usage_fields)
    if (const auto& tokens = record.usage.*field) out.varint(*tokens);
  out.varint(record.asked_output);
  out.text(record.finish_reason);
  out.byte(static_cast<std::uint8_t>(record.end));
  out.byte(static_cast<std::uint8_t>(record.why));
  out.varint(record.http_status);
  out.text(record.message);
  out.varint(record.stale_reconnects);
  out.varint(record.retries);
  out.varint(record.bytes_sent);
  out.varint(record.bytes_received);
  out.varint(record.server_figures.size());
  for (const auto& [name, value] : record.server_figures) {
    out.text(name);
    out.float64(value);
  }
  encode_chunks(record.chunks, epoch, out);
  if (!record.empty_events.empty()) encode_empty_events(record.empty_events, epoch, out);
}

bool decode_records(std::string_view payload, instant epoch, std::vector<request_record>& records) {
  const std::size_t before = records.size();
  byte_reader in{payload};
  while (!in.at_end()) decode_record(in, epoch, records.emplace_back());
  if (in.failed()) records.resize(before);
  return !in.failed();
}

} // namespace loadgen::metrics
