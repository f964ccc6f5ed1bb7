#include "secrets.hpp"

namespace loadgen::cli {

std::string shown_header(std::string_view header) {
  const std::size_t colon = header.find(':');
  if (colon == std::string_view::npos) return std::string{hidden}; // no header: whatever it is, it may be a secret
  const std::string_view name = header.substr(0, colon);
  if (!is_secret_header(name)) return std::string{header};
  return std::string{name} + ": " + std::string{hidden};
}

} // namespace loadgen::cli
