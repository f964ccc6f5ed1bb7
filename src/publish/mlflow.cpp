#include "publish/mlflow_entries.hpp"
#include "publish/service.hpp"

#include <loadgen/publish/mlflow.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace loadgen::publish {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr duration answer_limit = std::chrono::seconds{30};
constexpr std::string_view api = "/api/2.0/mlflow/";

/// What the server said to one call.
struct api_answer {
  int status = 0;
  json::object body;
  error refused; ///< where `status` is none of 200 to 299

  [[nodiscard]] bool accepted() const noexcept { return status / 100 == 2; }

  [[nodiscard]] bool says(std::string_view error_code) const {
    const json::value* code = body.if_contains("error_code");
    return code && code->is_string() && code->get_string() == error_code;
  }
};

std::string text_at(const json::object& root, std::initializer_list<std::string_view> path) {
  const json::object* object = &root;
  const json::value* found = nullptr;
  for (const std::string_view key : path) {
    found = object ? object->if_contains(key) : nullptr;
    object = found ? found->if_object() : nullptr;
  }
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

/// The JSON object that a body is; an empty one where it is none.
json::object object_in(std::string_view body) {
  json::error_code failure;
  json::value parsed = json::parse(body, failure);
  return !failure && parsed.is_object() ? std::move(parsed.get_object()) : json::object{};
}

/// The server's own words where it gave them as MLflow does, else its first words.
error refusal_of(const client::http_reply& reply, const json::object& body) {
  const std::string code = text_at(body, {"error_code"});
  const std::string message = text_at(body, {"message"});
  if (code.empty() && message.empty()) return refusal(reply);
  return refusal({reply.status, fmt::format("{}: {}", code, message)});
}

std::string encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::optional<std::string> read_file(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

/// A run as MLflow knows it.
struct known_run {
  std::string id, artifact_uri;
};

std::optional<known_run> run_in(const json::object& described) {
  known_run found{text_at(described, {"info", "run_id"}), text_at(described, {"info", "artifact_uri"})};
  if (found.id.empty()) return std::nullopt;
  return found;
}

error not_understood(std::string_view call) {
  return error{errc::unreachable, fmt::format("the answer to {} is not MLflow's", call)};
}

} // namespace

struct mlflow_tracker::state {
  client::http_service service;

  [[nodiscard]] result<api_answer> call(std::string_view method, std::string_view path, const json::object& body) const;
  [[nodiscard]] result<json::object> must(std::string_view method, std::string_view path,
                                          const json::object& body = {}) const;
  [[nodiscard]] result<std::optional<std::string>> find_experiment(const std::string& name) const;
  [[nodiscard]] result<std::string> experiment(const std::string& name) const;
  [[nodiscard]] result<std::optional<known_run>> find_run(const std::string& experiment,
                                                          const std::string& run_id) const;
  [[nodiscard]] result<known_run> create_run(const std::string& experiment, const mlflow_entries& entries) const;
  [[nodiscard]] result<void> log(const known_run& run, const mlflow_entries& entries) const;
  [[nodiscard]] result<std::string> upload(const known_run& run, const report::analyzed_run& from,
                                           const fs::path& run_folder) const;
};

result<api_answer> mlflow_tracker::state::call(std::string_view method, std::string_view path,
                                               const json::object& body) const {
  const std::string where = fmt::format("{}{}", api, path);
  const std::string text = method == "GET" ? std::string{} : json::serialize(body);
  const auto reply = service.ask({.method = method,
                                  .path = where,
                                  .content_type = text.empty() ? std::string_view{} : "application/json",
                                  .body = text});
  if (reply.has_error()) return reply.error();
  api_answer answer;
  answer.status = reply->status;
  answer.body = object_in(reply->body);
  if (!answer.accepted())
    answer.refused = refusal_of(*reply, answer.body);
  else if (!reply->body.starts_with('{'))
    return not_understood(where);
  return answer;
}

result<json::object> mlflow_tracker::state::must(std::string_view method, std::string_view path,
                                                 const json::object& body) const {
  auto answer = call(method, path, body);
  if (answer.has_error()) return answer.error();
  if (!answer->accepted()) return answer->refused;
  return std::move(answer->body);
}

result<std::optional<std::string>> mlflow_tracker::state::find_experiment(const std::string& name) const {
  const auto found = call("GET", fmt::format("experiments/get-by-name?experiment_name={}", encoded(name)), {});
  if (found.has_error()) return found.error();
  if (found->says("RESOURCE_DOES_NOT_EXIST")) return std::optional<std::string>{};
  if (!found->accepted()) return found->refused;
  if (text_at(found->body, {"experiment", "lifecycle_stage"}) == "deleted")
    return error{errc::unreachable,
                 fmt::format("the experiment '{}' was deleted; expected it to be restored, or another name", name)};
  std::string id = text_at(found->body, {"experiment", "experiment_id"});
  if (id.empty()) return not_understood("experiments/get-by-name");
  return std::optional{std::move(id)};
}

result<std::string> mlflow_tracker::state::experiment(const std::string& name) const {
  auto known = find_experiment(name);
  if (known.has_error()) return known.error();
  if (*known) return std::move(**known);
  const auto made = call("POST", "experiments/create", {{"name", name}});
  if (made.has_error()) return made.error();
  if (made->accepted()) return text_at(made->body, {"experiment_id"});
  if (!made->says("RESOURCE_ALREADY_EXISTS")) return made->refused;
  known = find_experiment(name); // somebody else was as fast
  if (known.has_error()) return known.error();
  return *known ? result<std::string>{std::move(**known)} : result<std::string>{made->refused};
}

result<std::optional<known_run>> mlflow_tracker::state::find_run(const std::string& experiment,
                                                                 const std::string& run_id) const {
  const json::object wanted{{"experiment_ids", json::array{experiment}},
                            {"filter", fmt::format("tags.`{}` = '{}'", run_id_tag, run_id)},
                            {"max_results", 1}};
  const auto found = must("POST", "runs/search", wanted);
  if (found.has_error()) return found.error();
  const json::value* runs = found->if_contains("runs");
  const json::array* list = runs ? runs->if_array() : nullptr;
  if (!list || list->empty() || !list->front().is_object()) return std::optional<known_run>{};
  return run_in(list->front().get_object());
}

result<known_run> mlflow_tracker::state::create_run(const std::string& experiment,
                                                    const mlflow_entries& entries) const {
  json::array tags; // at once with the run: one that was made and never found again would be made twice
  for (const auto& [key, value] : entries.tags) tags.push_back(json::object{{"key", key}, {"value", value}});
  tags.push_back(json::object{{"key", "mlflow.note.content"}, {"value", entries.note}});
  const auto made = must("POST", "runs/create",
                         {{"experiment_id", experiment},
                          {"run_name", entries.name},
                          {"start_time", entries.start_ms},
                          {"tags", std::move(tags)}});
  if (made.has_error()) return made.error();
  const json::value* run = made->if_contains("run");
  auto known = run && run->is_object() ? run_in(run->get_object()) : std::nullopt;
  if (!known) return not_understood("runs/create");
  return std::move(*known);
}

result<void> mlflow_tracker::state::log(const known_run& run, const mlflow_entries& entries) const {
  for (const json::object& batch : log_batches(entries, run.id))
    if (const auto logged = must("POST", "runs/log-batch", batch); logged.has_error()) return logged.error();
  const auto ended =
      must("POST", "runs/update", {{"run_id", run.id}, {"status", entries.status}, {"end_time", entries.end_ms}});
  if (ended.has_error()) return ended.error();
  return {};
}

/// Gives why nothing was uploaded, "" where it was.
result<std::string> mlflow_tracker::state::upload(const known_run& run, const report::analyzed_run& from,
                                                  const fs::path& run_folder) const {
  constexpr std::string_view proxied = "mlflow-artifacts:/";
  const std::string_view uri = run.artifact_uri;
  if (!uri.starts_with(proxied) || uri.starts_with("mlflow-artifacts://"))
    return fmt::format("the server keeps artefacts at {}, and does not take them itself", uri);

  struct artifact {
    std::string_view name, type;
    std::optional<std::string> content;
  };

  const std::array artifacts{
      artifact{"manifest.json", "application/json", report::to_pretty_json(report::manifest_json(from.run))},
      artifact{"summary.json", "application/json", report::to_pretty_json(report::summary_json(from))},
      artifact{"report.html", "text/html", read_file(run_folder / "report.html")}};
  for (const artifact& one : artifacts) {
    if (!one.content) continue;
    const std::string path =
        fmt::format("/api/2.0/mlflow-artifacts/artifacts/{}/{}", uri.substr(proxied.size()), one.name);
    const auto reply = service.ask({.method = "PUT", .path = path, .content_type = one.type, .body = *one.content});
    if (reply.has_error()) return reply.error();
    if (reply->status / 100 != 2) return refusal_of(*reply, object_in(reply->body));
  }
  return std::string{};
}

mlflow_tracker::mlflow_tracker(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

mlflow_tracker::mlflow_tracker(mlflow_tracker&&) noexcept = default;
mlflow_tracker& mlflow_tracker::operator=(mlflow_tracker&&) noexcept = default;
mlflow_tracker::~mlflow_tracker() = default;

result<mlflow_tracker> mlflow_tracker::create(const service_settings& where) {
  auto service = make_service(
      where, {"http://127.0.0.1:5000", "use MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"}, answer_limit);
  if (service.has_error()) return service.error();
  return mlflow_tracker{std::make_unique<state>(state{std::move(*service)})};
}

result<tracked_run> mlflow_tracker::report(const report::analyzed_run& run, const fs::path& run_folder,
                                           const std::string& experiment) const {
  const std::string& run_id = run.run.info.run_id;
  if (run_id.find_first_of("'\\") != std::string::npos) // it stands in quotes in what MLflow is asked
    return invalid_input(fmt::format("the run id \"{}\" has a quote or a backslash in it", run_id));
  const mlflow_entries entries = mlflow_entries_of(run);
  const auto where = state_->experiment(experiment);
  if (where.has_error()) return where.error();
  const auto before = state_->find_run(*where, run_id);
  if (before.has_error()) return before.error();
  const auto known = *before ? result<known_run>{**before} : state_->create_run(*where, entries);
  if (known.has_error()) return known.error();
  if (const auto logged = state_->log(*known, entries); logged.has_error()) return logged.error();
  auto refused = state_->upload(*known, run, run_folder);
  if (refused.has_error()) return refused.error();
  return tracked_run{known->id, fmt::format("{}/#/experiments/{}/runs/{}", state_->service.url(), *where, known->id),
                     before->has_value(), std::move(*refused)};
}

} // namespace loadgen::publish
