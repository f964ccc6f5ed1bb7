#pragma once

#include <boost/endian/conversion.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace loadgen::metrics {

/// Appends numbers and texts to a string in the encodings of docs/records-format.md: LEB128 varints, zig-zag for signed
/// numbers, IEEE 754 doubles in little-endian order, texts behind their length. Does not own the string.
class byte_writer {
public:
  explicit byte_writer(std::string& out) noexcept : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }

  void varint(std::uint64_t value) {
    while (value >= 0x80U) {
      byte(static_cast<std::uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    byte(static_cast<std::uint8_t>(value));
  }

  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }

  void float64(double value) {
    std::array<unsigned char, 8> bytes;
    boost::endian::store_little_u64(bytes.data(), std::bit_cast<std::uint64_t>(value));
    out_.append(bytes.begin(), bytes.end());
  }

  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }

private:
  std::string& out_;
};

/// Reads what byte_writer wrote, from bytes that may be anything. Once a read has failed (the bytes end, or a number
/// does not fit its type) every further one gives zero, so that a whole structure can be read and failed() asked once.
/// Does not own the bytes; texts are views of them.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool failed() const noexcept { return failed_; }

  /// No bytes are left; true after a failure.
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  void fail() noexcept {
    failed_ = true;
    rest_ = {};
  }

  [[nodiscard]] std::uint8_t byte() noexcept {
    if (rest_.empty()) {
      fail();
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  template<std::unsigned_integral Number>
  [[nodiscard]] Number varint() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t next = byte();
      const bool overflows = shift == 63 && next > 1;
      if (overflows) fail();
      if (failed_) return 0;
      value |= static_cast<std::uint64_t>(next & 0x7FU) << shift;
      if (next < 0x80U) break;
    }
    if (value > std::numeric_limits<Number>::max()) {
      fail();
      return 0;
    }
    return static_cast<Number>(value);
  }

  [[nodiscard]] std::int64_t zigzag() noexcept {
    const auto value = varint<std::uint64_t>();
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
  }

  [[nodiscard]] double float64() noexcept {
    const std::string_view bytes = take(8);
    if (failed_) return 0;
    return std::bit_cast<double>(boost::endian::load_little_u64(reinterpret_cast<const unsigned char*>(bytes.data())));
  }

  [[nodiscard]] std::string_view text() noexcept { return take(varint<std::uint64_t>()); }

  /// How many items follow, each of at least `smallest_item` bytes: never more than the bytes that are left can hold,
  /// so memory may be reserved for them.
  [[nodiscard]] std::size_t count(std::size_t smallest_item) noexcept {
    const auto items = varint<std::uint64_t>();
    if (items > rest_.size() / smallest_item) {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(items);
  }

private:
  std::string_view take(std::uint64_t size) noexcept {
    if (size > rest_.size()) fail();
    if (failed_) return {};
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return taken;
  }

  std::string_view rest_;
  bool failed_ = false;
};

} // namespace loadgen::metrics
