#include <loadgen/base/secrets.hpp>

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace loadgen {

bool is_secret_header(std::string_view name) {
  static constexpr std::array<std::string_view, 9> marks{"auth",   "cookie",   "key",        "token",  "secret",
                                                         "passwd", "password", "credential", "session"};
  const std::string lower = boost::algorithm::to_lower_copy(std::string{name});
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return lower.find(mark) != std::string::npos; });
}

} // namespace loadgen
