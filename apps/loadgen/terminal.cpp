#include "terminal.hpp"

#include <clocale>
#include <langinfo.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace loadgen::cli {

bool is_live_terminal(int descriptor, const environment& variables) {
  if (::isatty(descriptor) == 0) return false;
  const auto kind = variables("TERM");
  return kind && !kind->empty() && *kind != "dumb";
}

terminal_size size_of_terminal(int descriptor) {
  winsize told{};
  if (::ioctl(descriptor, TIOCGWINSZ, &told) != 0 || told.ws_col == 0 || told.ws_row == 0) return {};
  return {told.ws_col, told.ws_row};
}

bool wants_colour(const environment& variables) {
  const auto no_colour = variables("NO_COLOR");
  return !no_colour || no_colour->empty();
}

bool has_unicode_locale() {
  const locale_t named = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (named == nullptr) return false; // one that is not installed: programs then use that of C
  const bool unicode = std::string_view{::nl_langinfo_l(CODESET, named)} == "UTF-8";
  ::freelocale(named);
  return unicode;
}

} // namespace loadgen::cli
