#pragma once

#include "unit/metrics/support.hpp"

#include <loadgen/base/random.hpp>

#include <boost/random/uniform_int_distribution.hpp>

namespace loadgen::metrics {

/// Records with every field drawn at random, each optional set in about half of them, and now and then an extreme.
class random_records {
public:
  explicit random_records(std::uint64_t seed) : bits_(seed, "records") {}

  request_record next() {
    request_record record;
    record.index = wide();
    record.warmup = coin();
    record.worker = up_to<std::uint16_t>();
    record.target = up_to<std::uint16_t>();
    record.dataset_line = up_to<std::uint32_t>();
    if (coin()) {
      record.conversation = conversation_place{wide(), up_to<std::uint32_t>(), 0xFFFF'FFFFU};
      record.conversation->turn = std::max(record.conversation->turn, 1U);
    }
    for (auto* point : {&record.planned, &record.released, &record.connected, &record.sent, &record.first_byte,
                        &record.first_event, &record.done, &record.ended})
      if (coin()) *point = at(span());
    if (coin()) record.send_time = span();
    record.cap_wait = span();
    record.connect_time = span();
    record.tls_time = coin() ? span() : duration::zero();
    for (auto* tokens : {&record.usage.input, &record.usage.cached, &record.usage.output, &record.usage.reasoning})
      if (coin()) *tokens = up_to<std::uint32_t>();
    record.asked_output = up_to<std::uint32_t>();
    record.finish_reason = text(20);
    record.end = static_cast<outcome>(between(0, 2));
    record.why = static_cast<cause>(between(0, cause_count - 1));
    record.http_status = up_to<std::uint16_t>();
    record.message = text(300);
    record.stale_reconnects = up_to<std::uint16_t>();
    record.retries = up_to<std::uint16_t>();
    record.reused_connection = coin();
    record.bytes_sent = wide();
    record.bytes_received = wide();
    for (auto left = between(0, 3); left > 0; --left)
      record.server_figures.emplace_back(text(12), static_cast<double>(span().count()) / 1e6);
    add_chunks(record);
    return record;
  }

private:
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return boost::random::uniform_int_distribution<std::uint64_t>{low, high}(bits_);
  }

  bool coin() { return between(0, 1) == 1; }

  /// Any number of bits, so that varints of every length occur.
  std::uint64_t wide() { return bits_() >> between(0, 63); }

  template<class Number>
  Number up_to() {
    return static_cast<Number>(wide());
  }

  /// Forwards or backwards, at most 18 years.
  duration span() {
    const auto length = static_cast<std::int64_t>(wide() >> 5U);
    return duration{coin() ? length : -length};
  }

  std::string text(std::uint64_t longest) {
    std::string bytes;
    for (auto left = between(0, longest); left > 0; --left) bytes.push_back(static_cast<char>(between(0, 255)));
    return bytes;
  }

  void add_chunks(request_record& record) {
    for (auto left = between(0, 12); left > 0; --left)
      record.chunks.push_back({at(span()), std::chrono::duration<std::uint32_t, std::nano>{up_to<std::uint32_t>()},
                               static_cast<std::uint8_t>(between(0, 63))});
    for (auto left = between(0, 3); left > 0; --left)
      record.empty_events.push_back({at(span()), static_cast<std::uint8_t>(between(0, 3))});
  }

  random_stream bits_;
};

} // namespace loadgen::metrics
