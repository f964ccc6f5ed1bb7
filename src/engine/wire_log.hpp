#pragma once

#include "base/sha256.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::engine {

/// What went out, where the plan alone does not tell: a digest of each request.
///
/// Thread-safety: one thread at a time.
class wire_log {
public:
  /// The request at that place of the level went out with these bytes.
  void add(std::uint64_t index, std::string_view bytes) {
    entry& made = entries_.emplace_back();
    made.index = index;
    const std::string digest = sha256_hex(bytes);
    std::copy(digest.begin(), digest.end(), made.digest.begin());
  }

  /// Takes all that `other` has.
  void take(wire_log& other) {
    entries_.insert(entries_.end(), other.entries_.begin(), other.entries_.end());
    other.entries_.clear();
  }

  /// Puts the digests into `hash`, in the order of the plan, and forgets them.
  void put_into(sha256& hash) {
    std::sort(entries_.begin(), entries_.end(),
              [](const entry& left, const entry& right) { return left.index < right.index; });
    for (const entry& each : entries_) hash.update({each.digest.data(), each.digest.size()});
    entries_.clear();
  }

private:
  struct entry {
    std::uint64_t index = 0;
    std::array<char, 64> digest{}; // in hexadecimal
  };

  std::vector<entry> entries_;
};

} // namespace loadgen::engine
