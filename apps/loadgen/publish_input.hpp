#pragma once

#include "value_reader.hpp"

#include <loadgen/base/time.hpp>
#include <loadgen/publish/service.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace loadgen::cli {

/// Whom a run tells of itself beside its files.
struct publish_input {
  std::optional<std::uint16_t> metrics_port; ///< 0: a free one
  duration metrics_linger{};                 ///< how long it stays at most for one more scrape behind the run
  std::optional<publish::service_settings> pushgateway;

  [[nodiscard]] bool any() const noexcept { return metrics_port || pushgateway; }
};

/// Reads --metrics-port, --pushgateway and what belongs to them.
void read_publishing(const settings& from, const environment& variables, value_reader& read, publish_input& input);

/// Where and as what --mlflow reports.
struct mlflow_input {
  publish::service_settings server;
  std::string experiment;
};

/// Reads --mlflow and what belongs to it; nothing where it is not set. The token, or user name and password, are those
/// of MLflow's own variables, MLFLOW_TRACKING_TOKEN and MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD, unless
/// a file has the token.
[[nodiscard]] std::optional<mlflow_input> read_mlflow(const settings& from, const environment& variables,
                                                      value_reader& read);

} // namespace loadgen::cli
