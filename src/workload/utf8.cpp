#include "workload/utf8.hpp"

#include <boost/locale/utf.hpp>

namespace loadgen::workload {

std::optional<std::size_t> invalid_utf8_at(std::string_view bytes) {
  namespace utf = boost::locale::utf;
  const char* const end = bytes.data() + bytes.size();
  for (const char* next = bytes.data(); next != end;) {
    const char* const start = next;
    const utf::code_point decoded = utf::utf_traits<char>::decode(next, end);
    if (decoded == utf::illegal || decoded == utf::incomplete) return static_cast<std::size_t>(start - bytes.data());
  }
  return std::nullopt;
}

} // namespace loadgen::workload
