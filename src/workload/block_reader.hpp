#pragma once

#include "base/sha256.hpp"
#include "workload/byte_source.hpp"

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// Reads bytes from their begin to their end, block by block, keeping only those that are not yet done with. Knows the
/// place in the file, and its line.
class block_reader {
public:
  /// A UTF-8 byte order mark at the begin is left out. `bytes` outlives it.
  explicit block_reader(const byte_source& bytes) : bytes_(bytes) {}

  /// What has been read and is not done with. Valid until more() or consume().
  [[nodiscard]] std::string_view rest() const noexcept { return std::string_view{buffer_}.substr(begin_); }

  /// Adds another block to rest(). False at the end of the bytes. Errors: those of the source.
  [[nodiscard]] result<bool> more();

  /// Is done with that many bytes of rest().
  void consume(std::size_t count);

  /// Where rest() begins: bytes from the begin of the file, and the line, from 1.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

  [[nodiscard]] std::uint32_t line() const noexcept { return line_; }

  /// The SHA-256 of all bytes, after more() has said that there are none left. Once.
  [[nodiscard]] std::string sha256() { return hash_.hex_digest(); }

private:
  const byte_source& bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;
  std::uint32_t line_ = 1;
  std::uint64_t read_ = 0;
  bool at_end_ = false;
  loadgen::sha256 hash_;
};

} // namespace loadgen::workload
