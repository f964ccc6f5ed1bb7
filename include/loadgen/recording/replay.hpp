#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/plan.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::recording {

/// At which moments recorded requests go out again, counted from the begin of their phase.
enum class replay_times : std::uint8_t {
  recorded, ///< when their first byte was written
  planned,  ///< when the run's own plan wanted them out: of an open loop alone
};

/// A recorded run, as what it takes to send its requests again: byte for byte, at the same moments.
struct replay_source {
  std::string run_id;       ///< of the recorded run
  answer_form asked;        ///< where its requests went, and whether for streams
  workload::dataset bodies; ///< each body that was sent, once, to be sent exactly
  /// The recorded levels and trials as open loops: what was sent in each, in the order of its moments.
  std::vector<workload::level_settings> levels;
  /// By level: where each of its recorded requests is in the replay, in the order of the recorded run's plan.
  std::vector<std::vector<std::uint64_t>> order;
  /// Headers of its requests beyond those that every request has, in order, but for the secret ones.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> secret_headers; ///< names of those whose values were not kept
  bool fresh_connections = false;          ///< each request asked for the end of its connection
  std::uint64_t requests = 0;              ///< measured ones that are sent again
  std::uint64_t left_out = 0;   ///< measured ones on record that are not: they never had a connection, or were lost
  std::string bodies_sha256;    ///< of the measured requests, see bodies_sha256()
  std::string wire_sha256;      ///< over all bytes of the measured requests, in plan order
  boost::json::object manifest; ///< of the recorded run, with what was known at its end
};

/// Reads what the run in `run_folder` sent. Only the first attempt of each request counts, and only those of which the
/// recording has the end. Errors: those of stream_exchanges() and metrics::read_records(); invalid_input where there is
/// nothing to send again, or where planned times are asked for and the run had none.
[[nodiscard]] result<replay_source> read_replay(const std::filesystem::path& run_folder, replay_times times);

/// SHA-256 over the bodies of a plan's measured requests, those of each level in the given order: `BYTES:BODY,` for
/// each, BYTES in decimal.
[[nodiscard]] std::string bodies_sha256(const workload::plan& plan,
                                        const std::vector<std::vector<std::uint64_t>>& order);

} // namespace loadgen::recording
