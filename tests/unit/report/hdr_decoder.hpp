#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace loadgen::report {

/// A second opinion on the text of a histogram log, written from the format's description and not from the encoder.
struct decoded_hdr {
  std::string payload;                           ///< what was compressed
  std::uint64_t highest = 0;                     ///< highest trackable value
  std::map<std::uint64_t, std::uint64_t> counts; ///< by the lowest value of the bin
};

inline std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

inline std::string from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) throw std::runtime_error("no base64");
  const auto padding = text.size() - std::min(text.find('='), text.size());
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

inline std::string inflated(std::string_view compressed) {
  std::string plain(1'000'000, '\0');
  uLongf size = plain.size();
  if (::uncompress(reinterpret_cast<Bytef*>(plain.data()), &size, reinterpret_cast<const Bytef*>(compressed.data()),
                   compressed.size()) != Z_OK)
    throw std::runtime_error("not compressed by zlib");
  plain.resize(size);
  return plain;
}

/// The lowest value of bin number `index`: 2,048 bins of one, then 1,024 for each further power of two.
inline std::uint64_t lowest_value(std::uint64_t index) {
  if (index < 2048) return index;
  return (index % 1024 + 1024) << (index / 1024 - 1);
}

inline decoded_hdr decode_hdr(std::string_view text) {
  const std::string framed = from_base64(text);
  if (big_endian(framed, 0, 4) != 0x1c849314 || big_endian(framed, 4, 4) != framed.size() - 8)
    throw std::runtime_error("no compressed V2 histogram");
  decoded_hdr decoded;
  decoded.payload = inflated(std::string_view{framed}.substr(8));
  const std::string& bytes = decoded.payload;
  if (big_endian(bytes, 0, 4) != 0x1c849313 || big_endian(bytes, 4, 4) != bytes.size() - 40 ||
      big_endian(bytes, 12, 4) != 3 || big_endian(bytes, 16, 8) != 1)
    throw std::runtime_error("no V2 histogram of three digits");
  decoded.highest = big_endian(bytes, 24, 8);
  std::uint64_t index = 0;
  for (std::size_t at = 40; at < bytes.size();) {
    std::uint64_t word = 0;
    unsigned shift = 0;
    for (;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.at(at++));
      word |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) break;
    }
    const auto count = static_cast<std::int64_t>(word >> 1U) ^ -static_cast<std::int64_t>(word & 1U);
    if (count > 0) decoded.counts[lowest_value(index)] = static_cast<std::uint64_t>(count);
    index += count < 0 ? static_cast<std::uint64_t>(-count) : 1;
  }
  return decoded;
}

} // namespace loadgen::report
