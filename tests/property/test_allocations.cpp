// Reading a stream must not allocate: neither for a chunk or an event, nor for a message after the first of its shape.
// This program counts every call of operator new.

#include "http/message_parser.hpp"
#include "sse/event_parser.hpp"
#include "support/recorded_streams.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

// Kept out of line: where only one of a pair is inlined, g++ takes malloc and operator delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace loadgen::test {
namespace {

struct counting_reader final : http::message_sink, sse::event_sink {
  void on_head(const http::message_head&) override {}

  void on_body(std::string_view piece) override { sse.feed(piece, *this); }

  void on_event(const sse::event&) override { ++events; }

  /// Reads one response in pieces of `piece_size` bytes, and makes ready for the next one.
  void read(std::string_view bytes, std::size_t piece_size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size())))
      http.feed(bytes.substr(0, piece_size), *this);
    http.reset();
    sse.reset();
  }

  http::message_parser http{http::message_parser::kind::response};
  sse::event_parser sse;
  std::size_t events = 0;
};

TEST(allocations, none_when_a_second_response_of_the_same_shape_is_read) {
  for (const recorded_stream& stream : load_recorded_streams()) {
    for (const std::size_t piece_size : {std::string_view::npos, std::size_t{700}, std::size_t{64}, std::size_t{1}}) {
      counting_reader reader;
      reader.read(stream.bytes, piece_size);
      const std::size_t before = allocations;
      reader.read(stream.bytes, piece_size);
      EXPECT_EQ(allocations - before, 0U) << stream.name << " in pieces of " << piece_size;
    }
  }
}

TEST(allocations, none_for_chunks_of_a_first_stream_that_come_whole) {
  const std::string_view chunk = "10\r\ndata: {\"a\":12}\n\n\r\n";
  counting_reader reader;
  reader.http.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", reader);
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) reader.http.feed(chunk, reader);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(reader.events, 1000U);
}

TEST(allocations, are_counted) {
  const std::size_t before = allocations;
  const std::string text(100, 'x');
  EXPECT_EQ(allocations - before, 1U) << text;
}

} // namespace
} // namespace loadgen::test
