#include "publish_input.hpp"

#include "request_headers.hpp"

#include <fmt/format.h>

#include <utility>

namespace loadgen::cli {

namespace {

constexpr std::uint64_t highest_port = 65'535;

// What has no effect would be believed to have one.
void require(const settings& from, std::string_view option, std::string_view needed, value_reader& read) {
  if (from.at(option).is_given() && !from.at(needed).is_set()) read.fail(option, fmt::format("needs --{}", needed));
}

} // namespace

void read_publishing(const settings& from, const environment& variables, value_reader& read, publish_input& input) {
  if (from.at("metrics-port").is_set())
    input.metrics_port = static_cast<std::uint16_t>(read.count("metrics-port", 0, highest_port));
  input.metrics_linger = read.span("metrics-linger");
  require(from, "metrics-linger", "metrics-port", read);
  for (const std::string_view option : {"pushgateway-auth-env", "pushgateway-auth-file", "pushgateway-ca-file"})
    require(from, option, "pushgateway", read);
  if (!from.at("pushgateway").is_set()) return;
  publish::service_settings gateway;
  gateway.url = from.text("pushgateway");
  gateway.ca_file = from.text("pushgateway-ca-file");
  const std::string secret = read_secret(from, variables, {"pushgateway-auth-env", "pushgateway-auth-file"}, read);
  if (!secret.empty()) gateway.authorization = publish::basic_authorization(secret);
  input.pushgateway = std::move(gateway);
}

std::optional<mlflow_input> read_mlflow(const settings& from, const environment& variables, value_reader& read) {
  for (const std::string_view option : {"mlflow-experiment", "mlflow-token-file", "mlflow-ca-file"})
    require(from, option, "mlflow", read);
  if (!from.at("mlflow").is_set()) return std::nullopt;
  mlflow_input input;
  input.server.url = from.text("mlflow");
  input.server.ca_file = from.text("mlflow-ca-file");
  input.experiment = from.text("mlflow-experiment");
  std::string token = read_secret_file(from, "mlflow-token-file", read);
  if (token.empty()) token = variables("MLFLOW_TRACKING_TOKEN").value_or("");
  const std::string user = variables("MLFLOW_TRACKING_USERNAME").value_or("");
  if (!token.empty())
    input.server.authorization = "Bearer " + token;
  else if (!user.empty())
    input.server.authorization =
        publish::basic_authorization(user + ":" + variables("MLFLOW_TRACKING_PASSWORD").value_or(""));
  return input;
}

} // namespace loadgen::cli
