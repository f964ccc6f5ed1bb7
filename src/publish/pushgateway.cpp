#include "publish/base64.hpp"
#include "publish/grouping_path.hpp"
#include "publish/service.hpp"

#include <loadgen/publish/level_families.hpp>
#include <loadgen/publish/pushgateway.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace loadgen::publish {

namespace {

constexpr duration answer_limit = std::chrono::seconds{5}; // beside as much for the connection

bool is_plain(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

} // namespace

std::string grouping_path(const label_list& group) {
  std::string path = "/metrics/job/loadgen";
  for (const auto& [name, value] : group) {
    const bool plain =
        !value.empty() && value != "." && value != ".." && std::all_of(value.begin(), value.end(), is_plain);
    if (plain)
      path += fmt::format("/{}/{}", name, value);
    else // an empty value has no base64: one sign of padding stands for it
      path += fmt::format("/{}@base64/{}", name, value.empty() ? "=" : base64_for_urls(value));
  }
  return path;
}

struct pushgateway::state {
  client::http_service service;
};

pushgateway::pushgateway(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

pushgateway::pushgateway(pushgateway&&) noexcept = default;
pushgateway& pushgateway::operator=(pushgateway&&) noexcept = default;
pushgateway::~pushgateway() = default;

result<pushgateway> pushgateway::create(const service_settings& where) {
  auto service = make_service(where, {"http://127.0.0.1:9091", "use --pushgateway-auth-env"}, answer_limit);
  if (service.has_error()) return service.error();
  return pushgateway{std::make_unique<state>(state{std::move(*service)})};
}

result<void> pushgateway::push(const run_labels& run, const metrics::level_summary& level) const {
  const std::string path = grouping_path({{"run_id", run.run_id},
                                          {"level", fmt::format("{}", level.info.level)},
                                          {"trial", fmt::format("{}", level.info.trial)}});
  std::vector<metric_family> families = level_families(run.run_id, {&level, 1});
  families.insert(families.begin(), run_info_family(run));
  const std::string text = exposition_text(families);
  const auto reply =
      state_->service.ask({.method = "PUT", .path = path, .content_type = exposition_content_type, .body = text});
  if (reply.has_error()) return reply.error();
  if (reply->status / 100 != 2) return refusal(*reply);
  return {};
}

std::string pushgateway::url() const {
  return state_->service.url();
}

} // namespace loadgen::publish
