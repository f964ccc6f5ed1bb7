#include "protocol/endpoint_pages.hpp"

#include <boost/json.hpp>

#include <array>

namespace loadgen::protocol {

namespace {

namespace json = boost::json;

/// A page of one engine, and the member by which it is told.
struct engine_page {
  std::string_view path;
  std::string_view member;
  endpoint_kind endpoint;
};

constexpr std::array engine_pages{
    engine_page{"/v1/models", "data", endpoint_kind::chat},
    engine_page{"/info", "model_id", endpoint_kind::tgi},
    engine_page{"/get_model_info", "model_path", endpoint_kind::sglang},
    engine_page{"/props", "default_generation_settings", endpoint_kind::llamacpp},
};
constexpr std::string_view api_description = "/openapi.json";
constexpr std::array<std::string_view, 5> pages{engine_pages[0].path, engine_pages[1].path, engine_pages[2].path,
                                                engine_pages[3].path, api_description};

struct described_path {
  std::string_view path;
  endpoint_kind endpoint;
};

constexpr std::array described_paths{
    described_path{"/v1/chat/completions", endpoint_kind::chat},
    described_path{"/v1/completions", endpoint_kind::completions},
    described_path{"/v1/responses", endpoint_kind::responses},
    described_path{"/generate_stream", endpoint_kind::tgi},
    described_path{"/generate", endpoint_kind::generate},
};

std::optional<endpoint_kind> endpoint_described_by(const json::object& api) {
  const json::value* const paths = api.if_contains("paths");
  if (paths == nullptr || !paths->is_object()) return std::nullopt;
  for (const described_path& known : described_paths)
    if (paths->get_object().contains(known.path)) return known.endpoint;
  return std::nullopt;
}

} // namespace

std::span<const std::string_view> endpoint_pages() noexcept {
  return pages;
}

std::optional<endpoint_kind> endpoint_told_by(std::string_view page, std::string_view body) {
  json::error_code not_json;
  const json::value document = json::parse(json::string_view{body.data(), body.size()}, not_json);
  const json::object* const root = not_json ? nullptr : document.if_object();
  if (root == nullptr) return std::nullopt;
  if (page == api_description) return endpoint_described_by(*root);
  for (const engine_page& known : engine_pages)
    if (known.path == page && root->contains(known.member)) return known.endpoint;
  return std::nullopt;
}

} // namespace loadgen::protocol
