#include "base/sha256.hpp"
#include "recording/exchange_recorder.hpp"
#include "support/temporary_folder.hpp"

#include <loadgen/base/random.hpp>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

namespace loadgen::recording {
namespace {

using namespace std::chrono_literals;
using loadgen::test::temporary_folder;
using loadgen::test::text_of;

constexpr instant epoch{1'000'000s};
constexpr std::size_t ample = 64U * 1024U * 1024U;

recording_info info() {
  return {"20261122-131500-4f2a", epoch, 1'763'817'300'000'000'000, endpoint_kind::chat};
}

recorded_phase measured() {
  return {.place = 0, .level = 0, .trial = 1, .warmup = false, .began = epoch + 5ms};
}

metrics::request_record record_of(std::uint64_t index, std::uint16_t retries = 0) {
  metrics::request_record record;
  record.index = index;
  record.target = 0;
  record.retries = retries;
  return record;
}

net::exchange_result ended(net::exchange_end how) {
  net::exchange_result result;
  result.end = how;
  result.sent = epoch + 10ms;
  result.send_time = 20us;
  result.ended = epoch + 90ms;
  result.bytes_sent = 77;
  return result;
}

constexpr std::string_view request = "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";

struct read_recording {
  recording made;
  std::vector<recorded_exchange> exchanges;
};

read_recording read(const std::filesystem::path& file) {
  read_recording all;
  auto made = stream_exchanges(file, [&all](const recorded_phase&, recorded_exchange& exchange) {
    all.exchanges.push_back(std::move(exchange));
  });
  EXPECT_TRUE(made.has_value()) << made.error().message;
  all.made = std::move(*made);
  return all;
}

/// Two exchanges on two workers, one of them tried again behind a stale connection.
void write_sample(const std::filesystem::path& file) {
  auto recorder = exchange_recorder::create(file, info(), 2, {}, ample).value();
  const auto first = recorder->make_tap(0);
  const auto second = recorder->make_tap(1);
  recorder->begin_phase(measured());
  first->on_request(record_of(0), request);
  second->on_request(record_of(1), request);
  first->on_read("HTTP/1.1 200 OK\r\n\r\n", {epoch + 20ms, true, false}, std::nullopt);
  second->on_end(ended(net::exchange_end::stale), metrics::cause::none, false, std::nullopt);
  second->on_request(record_of(1), request);
  first->on_read(std::string_view{"\0data\xFF", 6}, {epoch + 30ms, false, true}, client::decode_lag{1234});
  net::exchange_result broken = ended(net::exchange_end::broken);
  broken.failure = boost::asio::error::connection_reset;
  second->on_end(broken, metrics::cause::none, true, std::nullopt);
  first->on_end(ended(net::exchange_end::cancelled), metrics::cause::stall_timeout, true, client::decode_lag{55});
  recorder->end();
}

TEST(exchange_file, gives_back_what_was_kept_of_each_exchange) {
  const temporary_folder folder;
  const auto file = folder.path() / "exchanges.bin";
  write_sample(file);
  const read_recording all = read(file);
  EXPECT_EQ(all.made.info.run_id, "20261122-131500-4f2a");
  EXPECT_EQ(all.made.info.epoch, epoch);
  ASSERT_EQ(all.made.phases.size(), 1U);
  EXPECT_EQ(all.made.phases[0].began, epoch + 5ms);
  ASSERT_TRUE(all.made.totals);
  EXPECT_EQ(all.made.totals->exchanges, 3U);
  EXPECT_TRUE(all.made.totals->whole());
  EXPECT_FALSE(all.made.damaged);

  ASSERT_EQ(all.exchanges.size(), 3U); // by worker, since all are in one flush
  const recorded_exchange& whole = all.exchanges[0];
  EXPECT_EQ(whole.index, 0U);
  EXPECT_EQ(whole.worker, 0U);
  EXPECT_EQ(whole.request, request);
  EXPECT_EQ(whole.body(), "{}");
  ASSERT_EQ(whole.reads.size(), 2U);
  EXPECT_EQ(whole.reads[0].at, epoch + 20ms);
  EXPECT_TRUE(whole.reads[0].kernel_stamped);
  EXPECT_FALSE(whole.reads[0].decode_lag);
  EXPECT_EQ(whole.reads[1].bytes, (std::string{"\0data\xFF", 6}));
  EXPECT_FALSE(whole.reads[1].kernel_stamped);
  EXPECT_TRUE(whole.reads[1].behind);
  EXPECT_EQ(whole.reads[1].decode_lag, 1234ns);
  ASSERT_TRUE(whole.end);
  EXPECT_EQ(whole.end->how, exchange_ending::cancelled);
  EXPECT_EQ(whole.end->cancelled_for, metrics::cause::stall_timeout);
  EXPECT_EQ(whole.end->sent, epoch + 10ms);
  EXPECT_EQ(whole.end->send_time, 20us);
  EXPECT_EQ(whole.end->ended, epoch + 90ms);
  EXPECT_EQ(whole.end->bytes_sent, 77U);
  EXPECT_EQ(whole.end->decode_lag, 55ns);

  EXPECT_EQ(all.exchanges[1].end->how, exchange_ending::stale);
  EXPECT_FALSE(all.exchanges[1].end->concluded);
  EXPECT_EQ(all.exchanges[2].worker, 1U);
  EXPECT_EQ(all.exchanges[2].end->failure, "Connection reset by peer");
}

TEST(exchange_file, is_for_its_owner_alone_and_never_written_over) {
  const temporary_folder folder;
  const auto file = folder.path() / "exchanges.bin";
  write_sample(file);

  struct stat status {};

  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(exchange_recorder::create(file, info(), 1, {}, ample).has_error());
}

// The digest is that of the same bytes put together in Python by docs/recording.md: a change of the format needs a new
// version.
TEST(exchange_file, has_the_same_bytes_as_when_its_format_was_made) {
  std::string entries;
  encode_worker(entries, 300);
  recorded_exchange exchange;
  exchange.index = 1'000;
  exchange.target = 2;
  exchange.attempt = 1;
  encode_request(entries, 7, exchange, request);
  encode_read(entries, 7, {epoch + 20ms, true, false, std::nullopt}, "HTTP/1.1 200 OK\r\n\r\n", epoch);
  encode_read(entries, 7, {epoch - 1ns, false, true, 1234ns}, std::string_view{"\0data\xFF", 6}, epoch);
  encode_missing(entries, 7, 99);
  encode_end(entries, 7,
             {exchange_ending::broken, metrics::cause::none, true, epoch + 10ms, 20us, epoch + 90ms, 77, "reset", 9ns},
             epoch);
  const auto block = [](exchange_block type, const std::string& payload) {
    return metrics::make_block(static_cast<std::uint8_t>(type), payload);
  };
  const std::string bytes = metrics::file_header(exchanges_file) + block(exchange_block::info, encode(info())) +
                            block(exchange_block::phase, encode(measured(), epoch)) +
                            block(exchange_block::entries, entries) +
                            block(exchange_block::totals, encode(recording_totals{4, 3, 2, 1}));
  EXPECT_EQ(sha256_hex(bytes), "d6b75d9cbe35e11e857fac84c6d78d1f88b866c2450ca78d7ceaf232a09ddce2");
  const temporary_folder folder;
  const read_recording all = read(folder.write("file", bytes));
  ASSERT_EQ(all.exchanges.size(), 1U);
  EXPECT_EQ(all.exchanges[0].worker, 300U);
  EXPECT_EQ(all.exchanges[0].missing_bytes, 99U);
  EXPECT_EQ(all.exchanges[0].reads[1].at, epoch - 1ns);
}

TEST(exchange_file, what_a_kill_cuts_off_is_left_out_and_what_was_under_way_comes_without_an_end) {
  const temporary_folder folder;
  const auto file = folder.path() / "exchanges.bin";
  {
    auto recorder = exchange_recorder::create(file, info(), 1, {}, ample).value();
    const auto tap = recorder->make_tap(0);
    recorder->begin_phase(measured());
    tap->on_request(record_of(3), request);
    tap->on_read("half", {epoch + 20ms, true, false}, std::nullopt);
    recorder->begin_phase(measured()); // has all written that came before
  }
  const std::string bytes = text_of(file);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = folder.write("cut", std::string_view{bytes}.substr(0, size));
    std::vector<recorded_exchange> exchanges;
    const auto made = stream_exchanges(
        cut, [&](const recorded_phase&, recorded_exchange& exchange) { exchanges.push_back(std::move(exchange)); });
    if (made.has_error()) {
      EXPECT_EQ(made.error().code, errc::invalid_input);
      continue;
    }
    EXPECT_FALSE(made->totals);
    for (const recorded_exchange& exchange : exchanges) {
      EXPECT_FALSE(exchange.end);
      EXPECT_EQ(exchange.index, 3U);
      ASSERT_EQ(exchange.reads.size(), 1U);
      EXPECT_EQ(exchange.reads[0].bytes, "half");
    }
  }
  const auto whole = folder.write("cut", bytes);
  EXPECT_EQ(read(whole).exchanges.size(), 1U);
}

TEST(exchange_file, what_the_memory_has_no_room_for_is_counted_and_nothing_has_a_hole) {
  constexpr std::size_t pieces = 40;
  const std::string piece(100'000, 'x');
  recording_lane lane{0, epoch, 1'000'000}; // nobody takes anything out of it
  const std::vector<client::request_template> as_they_are;
  recording_tap cut{lane, as_they_are};
  recording_tap lost{lane, as_they_are};
  cut.on_request(record_of(0), request);
  for (std::size_t i = 0; i < pieces; ++i) cut.on_read(piece, {epoch + 20ms, true, false}, std::nullopt);
  lost.on_request(record_of(1), request);
  lost.on_read(piece, {epoch + 20ms, true, false}, std::nullopt);
  lost.on_end(ended(net::exchange_end::satisfied), metrics::cause::none, true, std::nullopt);
  const auto taken = lane.take(false);
  std::size_t kept = 0;
  for (const std::string& block : taken) kept += block.size();
  EXPECT_LT(kept, 1'500'000U);
  lane.give_back({});
  cut.on_read(piece, {epoch + 20ms, true, false}, std::nullopt); // there would be room again
  cut.on_end(ended(net::exchange_end::satisfied), metrics::cause::none, true, std::nullopt);

  const recording_totals totals = lane.totals();
  EXPECT_EQ(totals.exchanges, 2U);
  EXPECT_EQ(totals.lost_exchanges, 1U);
  EXPECT_EQ(totals.cut_exchanges, 1U);
  EXPECT_EQ(totals.missing_bytes + kept / piece.size() * piece.size(), (pieces + 2) * piece.size() + request.size());
}

TEST(exchange_file, a_failure_to_write_ends_the_recording_and_is_told) {
  auto recorder = exchange_recorder::create("/dev/full", info(), 1, {}, ample);
  EXPECT_TRUE(recorder.has_error()); // it is there already
  const temporary_folder folder;
  EXPECT_EQ(exchange_recorder::create(folder.path() / "no" / "file", info(), 1, {}, ample).error().code, errc::io);
}

TEST(exchange_file, one_of_another_kind_or_a_newer_version_is_refused) {
  const temporary_folder folder;
  const auto no_sink = [](const recorded_phase&, recorded_exchange&) {};
  const auto refused = [&](std::string_view bytes) {
    return stream_exchanges(folder.write("file", bytes), no_sink).error().message;
  };
  EXPECT_NE(refused("\x89LGREC\r\n\x02").find("not a file of recorded exchanges"), std::string::npos);
  EXPECT_NE(refused(std::string_view{"\x89LGEXC\r\n\x09\0\0\0", 12}).find("version 9"), std::string::npos);
  EXPECT_NE(refused(std::string_view{"\x89LGEXC\r\n\x01\0\0\0", 12}).find("no whole header"), std::string::npos);
}

/// Changes of the payloads themselves, under checksums that hold: what a faulty writer would leave.
TEST(exchange_file, any_payload_is_read_to_an_end_or_refused) {
  const temporary_folder folder;
  const auto file = folder.path() / "exchanges.bin";
  write_sample(file);
  std::vector<std::pair<std::uint8_t, std::string>> blocks;
  auto reader = metrics::block_reader::open(file, std::numeric_limits<std::uint64_t>::max(), exchanges_file).value();
  while (const auto block = reader.next().value()) blocks.emplace_back(block->type, std::string{block->payload});
  random_stream random{1, "mutations"};
  std::size_t whole = 0;
  for (int round = 0; round < 500; ++round) {
    std::string bytes = metrics::file_header(exchanges_file);
    for (const auto& [type, payload] : blocks) {
      std::string changed = payload;
      if (!changed.empty() && random() % 2 == 0) changed[random() % changed.size()] = static_cast<char>(random());
      if (!changed.empty() && random() % 8 == 0) changed.resize(random() % changed.size());
      if (random() % 8 == 0) changed.append(payload);
      bytes += metrics::make_block(type, changed);
    }
    const auto made =
        stream_exchanges(folder.write("mutated", bytes), [](const recorded_phase&, recorded_exchange&) {});
    if (made.has_value() && !made->damaged) ++whole;
  }
  EXPECT_GT(whole, 0U);
  EXPECT_LT(whole, 500U);
}

} // namespace
} // namespace loadgen::recording
