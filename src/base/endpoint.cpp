#include <loadgen/base/endpoint.hpp>

namespace loadgen {

namespace {

struct endpoint_row {
  endpoint_kind kind;
  std::string_view name;
  std::string_view path;
  std::string_view whole_path; ///< "": it has no whole answers
  bool names_model = false;
  bool takes_messages = false;
  bool can_ignore_eos = false;
};

constexpr std::array rows{
    endpoint_row{endpoint_kind::chat, "chat", "/v1/chat/completions", "/v1/chat/completions", true, true, true},
    endpoint_row{endpoint_kind::completions, "completions", "/v1/completions", "/v1/completions", true, false, true},
    endpoint_row{endpoint_kind::responses, "responses", "/v1/responses", "/v1/responses", true, true},
    endpoint_row{endpoint_kind::llamacpp, "llamacpp", "/completion", "/completion", false, false, true},
    endpoint_row{endpoint_kind::tgi, "tgi", "/generate_stream", "/generate"},
    endpoint_row{endpoint_kind::sglang, "sglang", "/generate", "/generate", false, false, true},
    endpoint_row{endpoint_kind::generate, "generate", "/generate", ""},
};

const endpoint_row& row(endpoint_kind kind) noexcept {
  for (const endpoint_row& entry : rows)
    if (entry.kind == kind) return entry;
  return rows.front();
}

} // namespace

std::string_view endpoint_path(answer_form asked) noexcept {
  return asked.stream ? row(asked.endpoint).path : row(asked.endpoint).whole_path;
}

std::string_view to_string(endpoint_kind kind) noexcept {
  return row(kind).name;
}

std::optional<endpoint_kind> endpoint_from_name(std::string_view name) noexcept {
  for (const endpoint_row& entry : rows)
    if (entry.name == name) return entry.kind;
  return std::nullopt;
}

bool names_model(endpoint_kind kind) noexcept {
  return row(kind).names_model;
}

bool takes_messages(endpoint_kind kind) noexcept {
  return row(kind).takes_messages;
}

bool can_ignore_eos(endpoint_kind kind) noexcept {
  return row(kind).can_ignore_eos;
}

bool answers_whole(endpoint_kind kind) noexcept {
  return !row(kind).whole_path.empty();
}

} // namespace loadgen
