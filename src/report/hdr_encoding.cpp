#include "report/hdr_encoding.hpp"

#include "metrics/byte_stream.hpp"

#include <boost/endian/conversion.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <new>
#include <zlib.h>

namespace loadgen::report {

namespace {

// The low digits 0x1_ say that counts are varints.
constexpr std::uint32_t encoding_cookie = 0x1c849313;
constexpr std::uint32_t compression_cookie = 0x1c849314;

constexpr std::uint32_t significant_digits = 3;
constexpr unsigned exact_bits = 11; // values below 2048 have a count of their own: what three digits take
constexpr std::uint64_t hour_in_ns = 3'600'000'000'000;

void append_big_u32(std::string& out, std::uint32_t value) {
  std::array<unsigned char, 4> bytes;
  boost::endian::store_big_u32(bytes.data(), value);
  out.append(bytes.begin(), bytes.end());
}

void append_big_u64(std::string& out, std::uint64_t value) {
  std::array<unsigned char, 8> bytes;
  boost::endian::store_big_u64(bytes.data(), value);
  out.append(bytes.begin(), bytes.end());
}

/// The place of a value in HdrHistogram's array of counts.
std::uint64_t index_of(std::uint64_t value) noexcept {
  const unsigned bits = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = bits > exact_bits ? bits - exact_bits : 0;
  return (std::uint64_t{shift} << (exact_bits - 1)) + (value >> shift);
}

/// Each count as a varint, a run of zeros as its negative length.
std::string encode_counts(const metrics::log_linear_histogram& numbers) {
  std::string counts;
  metrics::byte_writer out{counts};
  std::uint64_t next = 0;
  numbers.for_each_bin([&](double lowest, std::uint64_t count) {
    const std::uint64_t index = index_of(static_cast<std::uint64_t>(lowest));
    const std::uint64_t zeros = index - next;
    if (zeros > 0) out.zigzag(-static_cast<std::int64_t>(zeros));
    out.zigzag(static_cast<std::int64_t>(count));
    next = index + 1;
  });
  return counts;
}

} // namespace

std::string encode_hdr(const metrics::log_linear_histogram& numbers) {
  const std::string counts = encode_counts(numbers);
  const auto largest = numbers.count() == 0 ? 0 : static_cast<std::uint64_t>(numbers.largest());
  std::string encoded;
  append_big_u32(encoded, encoding_cookie);
  append_big_u32(encoded, static_cast<std::uint32_t>(counts.size()));
  append_big_u32(encoded, 0); // the counts begin at index 0
  append_big_u32(encoded, significant_digits);
  append_big_u64(encoded, 1); // lowest value
  append_big_u64(encoded, std::max(hour_in_ns, largest));
  append_big_u64(encoded, std::bit_cast<std::uint64_t>(1.0)); // values are stored as they are
  return encoded + counts;
}

std::string hdr_log_text(std::string_view encoded) {
  std::string compressed(::compressBound(encoded.size()), '\0');
  uLongf size = compressed.size();
  const int status = ::compress(reinterpret_cast<Bytef*>(compressed.data()), &size,
                                reinterpret_cast<const Bytef*>(encoded.data()), encoded.size());
  if (status != Z_OK) throw std::bad_alloc{}; // there is room, so nothing else is possible
  std::string framed;
  append_big_u32(framed, compression_cookie);
  append_big_u32(framed, static_cast<std::uint32_t>(size));
  framed.append(compressed, 0, size);

  std::string text((framed.size() + 2) / 3 * 4 + 1, '\0'); // with the zero that OpenSSL puts behind it
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(framed.data()), static_cast<int>(framed.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

} // namespace loadgen::report
