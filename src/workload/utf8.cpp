#include "workload/utf8.hpp"

#include <boost/locale/utf.hpp>

#include <cstdint>
#include <cstring>

namespace loadgen::workload {

namespace {

// Most texts are ASCII for long stretches, which need no decoding.
std::size_t leading_ascii(const char* from, const char* end) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t count = 0;
  for (std::uint64_t eight = 0; static_cast<std::size_t>(end - from) - count >= sizeof eight; count += sizeof eight) {
    std::memcpy(&eight, from + count, sizeof eight);
    if ((eight & high_bits) != 0) break;
  }
  return count;
}

} // namespace

std::optional<std::size_t> invalid_utf8_at(std::string_view bytes) {
  namespace utf = boost::locale::utf;
  const char* const end = bytes.data() + bytes.size();
  for (const char* next = bytes.data(); next != end;) {
    next += leading_ascii(next, end);
    if (next == end) break;
    const char* const start = next;
    const utf::code_point decoded = utf::utf_traits<char>::decode(next, end);
    if (decoded == utf::illegal || decoded == utf::incomplete) return static_cast<std::size_t>(start - bytes.data());
  }
  return std::nullopt;
}

} // namespace loadgen::workload
