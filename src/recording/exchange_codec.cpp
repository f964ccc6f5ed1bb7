#include "recording/exchange_codec.hpp"

#include "metrics/byte_stream.hpp"
#include "metrics/stored_time.hpp"

namespace loadgen::recording {

using metrics::byte_reader;
using metrics::byte_writer;

namespace {

enum class entry_kind : std::uint8_t { request = 1, read = 2, missing = 3, end = 4 };

enum : std::uint8_t {
  user_stamped = 1U << 0U,
  read_behind = 1U << 1U,
  has_lag = 1U << 2U,
  all_read_flags = user_stamped | read_behind | has_lag,
};

byte_writer begin_entry(std::string& out, entry_kind kind, std::uint64_t number) {
  byte_writer write{out};
  write.byte(static_cast<std::uint8_t>(kind));
  write.varint(number);
  return write;
}

instant read_instant(byte_reader& read, instant epoch) {
  const auto span = metrics::stored_span(read.zigzag());
  if (!span) read.fail();
  return epoch + span.value_or(duration::zero());
}

duration read_span(byte_reader& read) {
  const auto span = metrics::stored_span(static_cast<std::int64_t>(read.varint<std::uint64_t>()));
  if (!span || *span < duration::zero()) read.fail();
  return span.value_or(duration::zero());
}

template<class Enum>
Enum read_enum(byte_reader& read, Enum highest) {
  const std::uint8_t value = read.byte();
  if (value > static_cast<std::uint8_t>(highest)) read.fail();
  return read.failed() ? Enum{} : static_cast<Enum>(value);
}

bool read_bool(byte_reader& read) {
  const std::uint8_t value = read.byte();
  if (value > 1) read.fail();
  return value == 1;
}

recorded_exchange read_request(byte_reader& read, std::uint16_t worker) {
  recorded_exchange exchange;
  exchange.worker = worker;
  exchange.index = read.varint<std::uint64_t>();
  exchange.target = read.varint<std::uint16_t>();
  exchange.attempt = read.varint<std::uint16_t>();
  exchange.request = read.text();
  return exchange;
}

recorded_read read_read(byte_reader& read, instant epoch) {
  recorded_read made;
  const std::uint8_t flags = read.byte();
  if ((flags & ~all_read_flags) != 0) read.fail();
  made.kernel_stamped = (flags & user_stamped) == 0;
  made.behind = (flags & read_behind) != 0;
  made.at = read_instant(read, epoch);
  if ((flags & has_lag) != 0) made.decode_lag = std::chrono::nanoseconds{read.varint<std::uint32_t>()};
  made.bytes = read.text();
  return made;
}

recorded_end read_end(byte_reader& read, instant epoch) {
  recorded_end end;
  end.how = read_enum(read, exchange_ending::cancelled);
  end.cancelled_for = read_enum(read, metrics::cause::interrupt);
  end.concluded = read_bool(read);
  end.sent = read_instant(read, epoch);
  end.send_time = read_span(read);
  end.ended = read_instant(read, epoch);
  end.bytes_sent = read.varint<std::uint64_t>();
  end.failure = read.text();
  if (read_bool(read)) end.decode_lag = std::chrono::nanoseconds{read.varint<std::uint32_t>()};
  return end;
}

} // namespace

std::string encode(const recording_info& info) {
  std::string out;
  byte_writer write{out};
  write.text(info.run_id);
  write.zigzag(info.epoch.time_since_epoch().count());
  write.zigzag(info.epoch_unix_ns);
  write.text(to_string(info.asked.endpoint));
  write.byte(info.asked.stream ? 1 : 0);
  return out;
}

std::optional<recording_info> decode_info(std::string_view payload) {
  byte_reader read{payload};
  recording_info info;
  info.run_id = read.text();
  const auto epoch = metrics::stored_span(read.zigzag());
  info.epoch = instant{epoch.value_or(duration::zero())};
  info.epoch_unix_ns = read.zigzag();
  const auto endpoint = endpoint_from_name(read.text());
  const bool stream = read_bool(read);
  if (read.failed() || !read.at_end() || !epoch || !endpoint) return std::nullopt;
  info.asked = {*endpoint, stream};
  return info;
}

std::string encode(const recorded_phase& phase, instant epoch) {
  std::string out;
  byte_writer write{out};
  write.varint(phase.place);
  write.varint(phase.level);
  write.varint(phase.trial);
  write.byte(phase.warmup ? 1 : 0);
  write.zigzag(metrics::to_stored(phase.began, epoch));
  return out;
}

std::optional<recorded_phase> decode_phase(std::string_view payload, instant epoch) {
  byte_reader read{payload};
  recorded_phase phase;
  phase.place = read.varint<std::uint32_t>();
  phase.level = read.varint<std::uint32_t>();
  phase.trial = read.varint<std::uint32_t>();
  phase.warmup = read_bool(read);
  phase.began = read_instant(read, epoch);
  if (read.failed() || !read.at_end()) return std::nullopt;
  return phase;
}

std::string encode(const recording_totals& totals) {
  std::string out;
  byte_writer write{out};
  write.varint(totals.exchanges);
  write.varint(totals.lost_exchanges);
  write.varint(totals.cut_exchanges);
  write.varint(totals.missing_bytes);
  return out;
}

std::optional<recording_totals> decode_totals(std::string_view payload) {
  byte_reader read{payload};
  recording_totals totals;
  totals.exchanges = read.varint<std::uint64_t>();
  totals.lost_exchanges = read.varint<std::uint64_t>();
  totals.cut_exchanges = read.varint<std::uint64_t>();
  totals.missing_bytes = read.varint<std::uint64_t>();
  if (read.failed() || !read.at_end()) return std::nullopt;
  return totals;
}

void encode_worker(std::string& out, std::uint16_t worker) {
  byte_writer{out}.varint(worker);
}

void encode_request(std::string& out, std::uint64_t number, const recorded_exchange& exchange,
                    std::string_view request) {
  byte_writer write = begin_entry(out, entry_kind::request, number);
  write.varint(exchange.index);
  write.varint(exchange.target);
  write.varint(exchange.attempt);
  write.text(request);
}

void encode_read(std::string& out, std::uint64_t number, const read_facts& facts, std::string_view bytes,
                 instant epoch) {
  byte_writer write = begin_entry(out, entry_kind::read, number);
  std::uint8_t flags = 0;
  if (!facts.kernel_stamped) flags |= user_stamped;
  if (facts.behind) flags |= read_behind;
  if (facts.decode_lag) flags |= has_lag;
  write.byte(flags);
  write.zigzag(metrics::to_stored(facts.at, epoch));
  if (facts.decode_lag) write.varint(static_cast<std::uint64_t>(facts.decode_lag->count()));
  write.text(bytes);
}

void encode_missing(std::string& out, std::uint64_t number, std::uint64_t bytes) {
  begin_entry(out, entry_kind::missing, number).varint(bytes);
}

void encode_end(std::string& out, std::uint64_t number, const recorded_end& end, instant epoch) {
  byte_writer write = begin_entry(out, entry_kind::end, number);
  write.byte(static_cast<std::uint8_t>(end.how));
  write.byte(static_cast<std::uint8_t>(end.cancelled_for));
  write.byte(end.concluded ? 1 : 0);
  write.zigzag(metrics::to_stored(end.sent, epoch));
  write.varint(static_cast<std::uint64_t>(end.send_time.count()));
  write.zigzag(metrics::to_stored(end.ended, epoch));
  write.varint(end.bytes_sent);
  write.text(end.failure);
  write.byte(end.decode_lag ? 1 : 0);
  if (end.decode_lag) write.varint(static_cast<std::uint64_t>(end.decode_lag->count()));
}

bool decode_entries(std::string_view payload, instant epoch, entry_sink& sink) {
  byte_reader read{payload};
  const auto worker = read.varint<std::uint16_t>();
  if (read.failed()) return false;
  sink.on_worker(worker);
  while (!read.at_end()) {
    const auto kind = static_cast<entry_kind>(read.byte());
    const auto number = read.varint<std::uint64_t>();
    // Each is given only once it has been read without a failure.
    switch (kind) {
    case entry_kind::request: {
      recorded_exchange exchange = read_request(read, worker);
      if (!read.failed()) sink.on_request(number, std::move(exchange));
      break;
    }
    case entry_kind::read: {
      recorded_read one = read_read(read, epoch);
      if (!read.failed()) sink.on_read(number, std::move(one));
      break;
    }
    case entry_kind::missing: {
      const auto bytes = read.varint<std::uint64_t>();
      if (!read.failed()) sink.on_missing(number, bytes);
      break;
    }
    case entry_kind::end: {
      recorded_end end = read_end(read, epoch);
      if (!read.failed()) sink.on_end(number, std::move(end));
      break;
    }
    default: return false;
    }
  }
  return !read.failed();
}

} // namespace loadgen::recording
