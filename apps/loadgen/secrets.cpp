#include "secrets.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <array>

namespace loadgen::cli {

bool is_secret_header(std::string_view name) {
  static constexpr std::array<std::string_view, 9> marks{"auth",   "cookie",   "key",        "token",  "secret",
                                                         "passwd", "password", "credential", "session"};
  const std::string lower = boost::algorithm::to_lower_copy(std::string{name});
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return lower.find(mark) != std::string::npos; });
}

std::string shown_header(std::string_view header) {
  const std::size_t colon = header.find(':');
  if (colon == std::string_view::npos) return std::string{hidden}; // no header: whatever it is, it may be a secret
  const std::string_view name = header.substr(0, colon);
  if (!is_secret_header(name)) return std::string{header};
  return std::string{name} + ": " + std::string{hidden};
}

} // namespace loadgen::cli
