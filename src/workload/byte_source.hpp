#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// Bytes that can be read at any place.
///
/// Thread-safety: const members from several threads at once.
class byte_source {
public:
  virtual ~byte_source() = default;

  /// Fills `into` with the bytes from `offset` on, and says how many there were: fewer only at their end. Errors: io,
  /// with the system's reason, or where a file is no longer what it was when it was opened.
  [[nodiscard]] virtual result<std::size_t> read(std::uint64_t offset, std::span<char> into) const = 0;
};

/// The bytes of a file, which are not kept in memory; those of anything that is no regular file are, since they can be
/// read only once. Errors: io, with the system's reason.
[[nodiscard]] result<std::shared_ptr<const byte_source>> open_bytes(const std::filesystem::path& path);

/// Bytes in memory.
[[nodiscard]] std::shared_ptr<const byte_source> held_bytes(std::string bytes);

/// Bytes in memory that outlive the source.
[[nodiscard]] std::shared_ptr<const byte_source> borrowed_bytes(std::string_view bytes);

} // namespace loadgen::workload
