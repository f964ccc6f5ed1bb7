#include "metrics/record_codec.hpp"
#include "unit/metrics/random_records.hpp"

namespace loadgen::metrics {
namespace {

std::string encoded(const request_record& record) {
  std::string bytes;
  encode_record(record, test_epoch, bytes);
  return bytes;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 0xFU];
  }
  return text;
}

TEST(record_codec,
     bytes_are_those_of_format_version_1_without_a_send_time) { // written apart, in Python, from docs/records-format.md
  request_record record;
  record.warmup = true;
  record.index = 300;
  record.worker = 2;
  record.target = 1;
  record.dataset_line = 70'000;
  record.released = at(1000ns);
  record.sent = at(-5ns);
  record.done = at(2s);
  record.cap_wait = 7ns;
  record.usage.output = 130;
  record.asked_output = 128;
  record.finish_reason = "stop";
  record.end = outcome::completed;
  record.http_status = 200;
  record.stale_reconnects = 1;
  record.bytes_sent = 512;
  record.bytes_received = 4096;
  record.server_figures = {{"prompt_ms", 12.5}};
  record.chunks = {chunk(1'500'000ns, chunk_stamp::coalesced | chunk_stamp::answer, 80), chunk(1'500'000ns, 4, 300)};
  EXPECT_EQ(
      hex(encoded(record)),
      "a922ac020201f0a204d00f0980d0acf30e0e0000820180010473746f700000c80100010080048020010970726f6d70745f6d7300000000"
      "0000294002c08db701500500ac0204");
}

TEST(record_codec, a_send_time_stands_behind_the_clock_points_in_format_version_2) {
  request_record record;
  record.sent = at(5ns);
  record.send_time = 8us;
  // Presence bits 5 and 15; four numbers; 10 and 16,000 as the zigzags of 5 and 8,000 ns; then the three spans.
  EXPECT_EQ(hex(encoded(record)).substr(0, 26), "a08002000000000a807d000000");
}

TEST(record_codec, bytes_of_empty_events_are_fixed_for_format_version_2) { // by hand, from docs/records-format.md
  request_record record;
  record.empty_events = {{at(1000ns), empty_event_stamp::blank}, {at(1500ns), empty_event_stamp::call}};
  EXPECT_EQ(hex(encoded(record)), "808001"                   // presence: bit 14
                                  "00000000000000"           // index to tls_time
                                  "000001000000000000000000" // asked_output to chunks; the outcome is failed
                                  "02d00f01e80702");         // two: 1000 ns, blank; 500 ns later, call
}

TEST(record_codec, a_place_in_a_conversation_stands_behind_the_dataset_line_in_format_version_3) { // by hand
  request_record record;
  record.dataset_line = 5;
  record.conversation = conversation_place{300, 2, 130};
  // Presence bit 16; index, worker, target and line; 300, 2 and 130; then the three spans.
  EXPECT_EQ(hex(encoded(record)).substr(0, 30), "80800400000005ac02028201000000");
  for (const conversation_place wrong : {conversation_place{0, 0, 1}, conversation_place{0, 3, 2}}) {
    record.conversation = wrong;
    std::vector<request_record> none;
    EXPECT_FALSE(decode_records(encoded(record), test_epoch, none));
  }
}

TEST(record_codec, random_records_come_back_as_they_were) {
  random_records records{1};
  for (int i = 0; i < 2000; ++i) {
    const request_record record = records.next();
    std::vector<request_record> decoded;
    ASSERT_TRUE(decode_records(encoded(record), test_epoch, decoded)) << "record " << i;
    ASSERT_EQ(decoded.size(), 1U);
    ASSERT_TRUE(decoded.front() == record) << "record " << i;
  }
}

TEST(record_codec, several_records_fill_one_payload) {
  random_records records{2};
  std::vector<request_record> originals;
  std::string payload;
  for (int i = 0; i < 50; ++i) {
    originals.push_back(records.next());
    encode_record(originals.back(), test_epoch, payload);
  }
  std::vector<request_record> decoded;
  ASSERT_TRUE(decode_records(payload, test_epoch, decoded));
  EXPECT_TRUE(decoded == originals);
}

TEST(record_codec, a_payload_that_ends_inside_a_record_gives_nothing) {
  random_records records{3};
  std::string payload = encoded(records.next());
  const std::size_t whole = payload.size();
  payload += encoded(records.next());
  for (std::size_t size = 1; size < payload.size(); ++size) {
    if (size == whole) continue;
    std::vector<request_record> decoded(1);
    EXPECT_FALSE(decode_records(std::string_view{payload}.substr(0, size), test_epoch, decoded)) << size;
    EXPECT_EQ(decoded.size(), 1U); // as it was
  }
}

TEST(record_codec, random_bytes_are_survived) {
  random_stream bits{4, "garbage"};
  std::vector<request_record> decoded;
  for (int i = 0; i < 20'000; ++i) {
    std::string garbage(bits() % 200, '\0');
    for (char& c : garbage) c = static_cast<char>(bits() % 3 == 0 ? bits() : bits() & 7U);
    static_cast<void>(decode_records(garbage, test_epoch, decoded));
    decoded.clear();
  }
}

TEST(record_codec, changed_bytes_of_a_record_are_survived) {
  random_records records{5};
  for (int i = 0; i < 20; ++i) {
    const std::string original = encoded(records.next());
    for (std::size_t place = 0; place < original.size(); ++place) {
      for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
        std::string changed = original;
        changed[place] = static_cast<char>(value);
        std::vector<request_record> decoded;
        static_cast<void>(decode_records(changed, test_epoch, decoded));
      }
    }
  }
}

TEST(record_codec, numbers_and_values_out_of_range_are_refused) {
  const std::string plain = encoded(request_record{});
  std::vector<request_record> decoded;
  ASSERT_TRUE(decode_records(plain, test_epoch, decoded));
  const auto refused = [&plain](std::size_t place, std::string_view replacement) {
    std::string changed = plain;
    changed.replace(place, 1, replacement);
    std::vector<request_record> none;
    return !decode_records(changed, test_epoch, none);
  };
  // The layout of a record without optional fields: presence, index, worker, target, line, three spans, asked, finish
  // reason, outcome, cause, ...
  EXPECT_TRUE(refused(0, "\x80\x80\x08"));                             // a presence bit that version 3 does not have
  EXPECT_TRUE(refused(1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02")); // more than 64 bits
  EXPECT_FALSE(refused(1, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_TRUE(refused(2, "\x80\x80\x04")); // worker 65536
  EXPECT_FALSE(refused(2, "\xff\xff\x03"));
  EXPECT_TRUE(refused(5, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")); // a span of 292 years
  EXPECT_TRUE(refused(9, "\x7f"));                                     // a text longer than the payload
  EXPECT_TRUE(refused(10, "\x03"));                                    // no such outcome
  EXPECT_TRUE(refused(11, "\x12"));                                    // no such cause
  EXPECT_FALSE(refused(11, "\x11"));
}

} // namespace
} // namespace loadgen::metrics
