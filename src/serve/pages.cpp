#include "serve/pages.hpp"

#include "http/response_writer.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>

namespace loadgen::serve {

namespace {

namespace json = boost::json;

std::string_view error_type(int status) noexcept {
  return status == 404 ? "not_found_error" : "invalid_request_error";
}

std::string error_body(int status, std::string_view message) {
  return json::serialize(json::value{
      {"error", {{"message", message}, {"type", error_type(status)}, {"param", nullptr}, {"code", nullptr}}}});
}

std::string models_body(std::string_view model) {
  const json::value entry{{"id", model}, {"object", "model"}, {"created", 0}, {"owned_by", "loadgen"}};
  return json::serialize(json::value{{"object", "list"}, {"data", json::array{entry}}});
}

std::string respond(const http::response& what, std::string_view body) {
  std::string bytes;
  http::append_response(bytes, what, body);
  return bytes;
}

std::string method_not_allowed(const http_request& request, std::string_view allowed) {
  const std::array headers{http::header_field{"Allow", std::string{allowed}}};
  return respond({.status = 405, .headers = headers, .keep_alive = request.keep_alive},
                 error_body(405, fmt::format("{} is not allowed on {}", request.method, request.path)));
}

} // namespace

std::string metrics_page(const server_counters& counters) {
  return fmt::format("# HELP loadgen_serve_connections Open connections.\n"
                     "# TYPE loadgen_serve_connections gauge\n"
                     "loadgen_serve_connections {}\n"
                     "# HELP loadgen_serve_requests_running Completion requests that have a slot.\n"
                     "# TYPE loadgen_serve_requests_running gauge\n"
                     "loadgen_serve_requests_running {}\n"
                     "# HELP loadgen_serve_requests_waiting Completion requests that wait for a slot.\n"
                     "# TYPE loadgen_serve_requests_waiting gauge\n"
                     "loadgen_serve_requests_waiting {}\n"
                     "# HELP loadgen_serve_requests_accepted_total Completion requests that were valid.\n"
                     "# TYPE loadgen_serve_requests_accepted_total counter\n"
                     "loadgen_serve_requests_accepted_total {}\n"
                     "# HELP loadgen_serve_requests_refused_total Completion requests answered with an error.\n"
                     "# TYPE loadgen_serve_requests_refused_total counter\n"
                     "loadgen_serve_requests_refused_total {}\n"
                     "# HELP loadgen_serve_requests_ended_total Completion requests that ended, by how.\n"
                     "# TYPE loadgen_serve_requests_ended_total counter\n"
                     "loadgen_serve_requests_ended_total{{ended=\"done\"}} {}\n"
                     "loadgen_serve_requests_ended_total{{ended=\"aborted\"}} {}\n"
                     "# HELP loadgen_serve_tokens_total Tokens written.\n"
                     "# TYPE loadgen_serve_tokens_total counter\n"
                     "loadgen_serve_tokens_total {}\n",
                     counters.connections, counters.running, counters.waiting, counters.accepted, counters.refused,
                     counters.done, counters.aborted, counters.tokens);
}

std::optional<answer_form> completion_endpoint(std::string_view path) noexcept {
  for (const endpoint_kind kind : all_endpoints)
    for (const bool stream : {true, false})
      if (path == endpoint_path({kind, stream})) return answer_form{kind, stream};
  return std::nullopt;
}

std::string page_response(const http_request& request, std::string_view model, const server_counters& counters) {
  const bool health = request.path == "/health";
  const bool models = request.path == "/v1/models";
  const bool metrics = request.path == "/metrics";
  if (completion_endpoint(request.path)) return method_not_allowed(request, "POST");
  if (!health && !models && !metrics)
    return error_response(404, fmt::format("there is no {}", request.path), request.keep_alive);
  if (request.method != "GET") return method_not_allowed(request, "GET");
  if (metrics)
    return respond({.content_type = "text/plain; version=0.0.4", .keep_alive = request.keep_alive},
                   metrics_page(counters));
  return respond({.keep_alive = request.keep_alive}, health ? R"({"status":"ok"})" : models_body(model));
}

std::string error_response(int status, std::string_view message, bool keep_alive) {
  return respond({.status = status, .keep_alive = keep_alive}, error_body(status, message));
}

} // namespace loadgen::serve
