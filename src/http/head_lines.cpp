#include "http/head_lines.hpp"

#include "http/grammar.hpp"

namespace loadgen::http {

// Servers are met that leave out the space before an empty reason.
bool parse_status_line(std::string_view line, message_head& head) noexcept {
  constexpr std::size_t version = protocol_name.size();
  constexpr std::size_t status = version + 2;
  constexpr std::size_t status_end = status + 3;
  if (line.size() < status_end || !is_digit(line[version]) || line[version + 1] != ' ') return false;
  if (line.size() > status_end && line[status_end] != ' ') return false;
  const auto code = decimal<unsigned>(line.substr(status, 3));
  if (!code || *code < 100 || !is_field_text(line.substr(status_end))) return false;
  head.version_minor = line[version] - '0';
  head.status = static_cast<int>(*code);
  return true;
}

bool parse_request_line(std::string_view line, message_head& head) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) return false;
  const std::string_view method = line.substr(0, method_end);
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!is_token(method) || !is_target(target)) return false;
  if (version.size() != protocol_name.size() + 1 || !version.starts_with(protocol_name) || !is_digit(version.back()))
    return false;
  head.method.assign(method);
  head.target.assign(target);
  head.version_minor = version.back() - '0';
  return true;
}

std::optional<field_view> parse_field(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const field_view field{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_token(field.name) || !is_field_text(field.value)) return std::nullopt;
  return field;
}

} // namespace loadgen::http
