#include <loadgen/base/endpoint.hpp>

#include <array>

namespace loadgen {

namespace {

struct endpoint_row {
  endpoint_kind kind;
  std::string_view name;
  std::string_view path;
};

constexpr std::array endpoints{
    endpoint_row{endpoint_kind::chat, "chat", "/v1/chat/completions"},
    endpoint_row{endpoint_kind::completions, "completions", "/v1/completions"},
};

const endpoint_row& row(endpoint_kind kind) noexcept {
  for (const endpoint_row& entry : endpoints)
    if (entry.kind == kind) return entry;
  return endpoints.front();
}

} // namespace

std::string_view endpoint_path(endpoint_kind kind) noexcept {
  return row(kind).path;
}

std::string_view to_string(endpoint_kind kind) noexcept {
  return row(kind).name;
}

std::optional<endpoint_kind> endpoint_from_name(std::string_view name) noexcept {
  for (const endpoint_row& entry : endpoints)
    if (entry.name == name) return entry.kind;
  return std::nullopt;
}

} // namespace loadgen
