#pragma once

#include "settings.hpp"
#include "value_reader.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/workload/plan.hpp>

namespace loadgen::cli {

/// One server, as the server_rows name it.
struct server_input {
  engine::client_settings client;      ///< without targets where no URL was given
  workload::request_settings requests; ///< model and extra body
};

/// Reads the server_rows. Sends nothing.
[[nodiscard]] server_input read_server(const settings& from, const environment& variables, value_reader& read);

/// Opens a connection, and finds the model where none is named. Errors: unreachable, invalid_input.
[[nodiscard]] result<void> meet(server_input& server);

} // namespace loadgen::cli
