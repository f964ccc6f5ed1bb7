#pragma once

#include "base/sha256.hpp"

#include <loadgen/workload/plan.hpp>

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// Puts what a plan sends into a hash: for each level of duration mode `T<nanoseconds>,`, and for each request
/// `OFFSET,PATH_BYTES:PATH,BODY_BYTES:BODY,`. As no field can run into the next, no two different plans give the same
/// bytes. docs/datasets.md has the definition for other programs.
class workload_hasher {
public:
  explicit workload_hasher(std::string_view path) : path_(path) {}

  void begin_level(const level_settings& level) {
    if (level.time) hash_.update(fmt::format("T{},", level.time->count()));
  }

  void add(std::string_view offset, const std::array<std::string_view, 7>& body) {
    std::size_t body_size = 0;
    for (const std::string_view piece : body) body_size += piece.size();
    head_.clear();
    fmt::format_to(std::back_inserter(head_), "{},{}:{},{}:", offset, path_.size(), path_, body_size);
    hash_.update({head_.data(), head_.size()});
    for (const std::string_view piece : body) hash_.update(piece);
    hash_.update(",");
  }

  [[nodiscard]] std::string digest() { return hash_.hex_digest(); }

private:
  std::string_view path_;
  sha256 hash_;
  fmt::memory_buffer head_;
};

inline std::string offset_text(const std::optional<duration>& offset) {
  return offset ? fmt::format("{}", offset->count()) : "-";
}

} // namespace loadgen::workload
