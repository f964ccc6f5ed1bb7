#include "http/message_head.hpp"

#include "http/grammar.hpp"

namespace loadgen::http {

namespace {

// Calls `visit` with each element of all headers of that name: several lines of one name are one list.
template<class Visitor>
void for_each_element_of(const message_head& head, std::string_view name, Visitor&& visit) {
  for (const auto& [field_name, value] : head.headers)
    if (field_name == name) for_each_element(value, visit);
}

} // namespace

std::optional<std::string_view> message_head::header(std::string_view name) const noexcept {
  for (const auto& [field_name, value] : headers)
    if (field_name == name) return value;
  return std::nullopt;
}

bool message_head::keep_alive() const noexcept {
  bool close = false;
  bool keep = version_minor >= 1;
  for_each_element_of(*this, "connection", [&](std::string_view option) {
    if (equal_ignoring_case(option, "close")) close = true;
    if (equal_ignoring_case(option, "keep-alive")) keep = true;
  });
  return keep && !close;
}

keep_alive_limits read_keep_alive_limits(const message_head& head) noexcept {
  keep_alive_limits limits;
  for_each_element_of(head, "keep-alive", [&](std::string_view parameter) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) return;
    const auto number = decimal<std::uint32_t>(trim(parameter.substr(equals + 1)));
    if (!number) return;
    const std::string_view name = trim(parameter.substr(0, equals));
    if (equal_ignoring_case(name, "timeout")) limits.timeout = std::chrono::seconds{*number};
    if (equal_ignoring_case(name, "max")) limits.max = number;
  });
  return limits;
}

} // namespace loadgen::http
