// Boost.Beast's parser, written by others, must read the same message out of the same bytes.

#include "random_response.hpp"
#include "support/recorded_streams.hpp"
#include "transcript.hpp"

#include <boost/beast/http.hpp>
#include <gtest/gtest.h>

#include <map>

namespace loadgen::test {
namespace {

namespace beast_http = boost::beast::http;

/// What both parsers can be asked about a message. Beast groups headers of one name, hence the multimap.
struct reading {
  int status = 0;
  int version_minor = 0;
  std::multimap<std::string, std::string> headers;
  std::string body;
  bool complete = false;
  bool keep_alive = false;
  std::size_t taken = 0; ///< bytes, of a complete message: of a cut one Beast leaves the last chunk's CRLF

  bool operator==(const reading&) const = default;
};

void PrintTo(const reading& shown, std::ostream* out) {
  *out << "status " << shown.status << " of HTTP/1." << shown.version_minor << ", complete " << shown.complete
       << ", keep alive " << shown.keep_alive << ", " << shown.taken << " bytes, headers "
       << testing::PrintToString(shown.headers) << ", body " << testing::PrintToString(shown.body);
}

std::string in_lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

/// As Beast reads it. Trailers are not asked for: Beast adds them to the headers, so those are taken before the body.
reading beast_reading(std::string_view bytes) {
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(boost::none);
  boost::beast::error_code failure;
  reading result;
  const auto take = [&] {
    const std::size_t taken = parser.put(boost::asio::buffer(bytes.substr(result.taken)), failure);
    result.taken += taken;
    return !failure && taken != 0;
  };
  while (!parser.is_header_done() && take()) {
  }
  for (const auto& field : parser.get().base())
    result.headers.emplace(in_lower_case(field.name_string()), std::string{field.value()});
  result.status = parser.get().result_int();
  result.version_minor = static_cast<int>(parser.get().version() % 10);
  parser.eager(true);
  while (!failure && !parser.is_done() && result.taken < bytes.size() && take()) {
  }
  if (!failure && !parser.is_done() && !parser.chunked() && !parser.content_length()) parser.put_eof(failure);
  EXPECT_TRUE(!failure || failure == beast_http::error::need_more) << failure.message();
  result.complete = parser.is_done();
  result.keep_alive = result.complete && parser.keep_alive();
  result.body = parser.get().body();
  if (!result.complete) result.taken = 0;
  return result;
}

reading own_reading(std::string_view bytes) {
  const transcript whole = transcribe_whole(bytes);
  reading result{.status = whole.status,
                 .version_minor = whole.version_minor,
                 .headers = {},
                 .body = whole.body,
                 .complete = whole.complete_at_close,
                 .keep_alive = whole.reusable,
                 .taken = whole.complete_at_close ? whole.taken : 0};
  for (const auto& [name, value] : whole.headers) result.headers.emplace(name, value);
  return result;
}

TEST(beast_oracle, recorded_streams) {
  for (const recorded_stream& stream : load_recorded_streams())
    EXPECT_EQ(own_reading(stream.bytes), beast_reading(stream.bytes)) << stream.name;
}

TEST(beast_oracle, random_responses) {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    random_stream random{seed, "response"};
    const std::string bytes = random_response(random);
    ASSERT_EQ(own_reading(bytes), beast_reading(bytes)) << "seed " << seed << ":\n" << bytes;
  }
}

} // namespace
} // namespace loadgen::test
