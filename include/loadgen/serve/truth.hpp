#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::serve {

/// What the reference server did for one completion request: a line of its truth file (docs/truth-format.md).
struct truth_record {
  std::uint64_t id = 0; ///< number of the request on this server, from 0 in order of complete arrival; draws its gaps
  std::string path;     ///< "/v1/chat/completions"
  std::string body_sha256;            ///< of the request's body as received; "" where the server was told not to hash
  bool stream = false;                ///< false: answered in one response, whose only stamp is in `written`
  std::uint32_t tokens = 0;           ///< to be answered: the request's max_tokens, or the server's own number
  std::uint32_t tokens_per_chunk = 1; ///< the server's setting; the last chunk may hold fewer

  instant received;               ///< arrival of the request's first byte
  bool kernel_stamp = false;      ///< `received` is the kernel's receive stamp, not the time the read returned
  std::optional<instant> started; ///< when it got its slot: `received` where it did not wait; the schedule's origin
  std::optional<instant> head;    ///< streams: just before the response's head, with the role chunk, was sent
  std::vector<instant> written;   ///< just before the send that carried the first byte of each token chunk
  /// The writes whose send call took longer than 50 us: place in `written`, and how long. The chunk left in that time.
  std::vector<std::pair<std::uint32_t, duration>> slow_sends;
  std::optional<instant> closed; ///< streams: just before the finish event was sent
  bool done = false;             ///< false: aborted, the client went away or the server was stopped
};

/// Reads a truth file, in order of the requests' ends. Errors: io for a file that cannot be read, invalid_input for a
/// line that is not a truth record, with its number.
[[nodiscard]] result<std::vector<truth_record>> read_truth(const std::filesystem::path& file);

/// The latencies of a server's answers as it knows them, in milliseconds.
struct truth_samples {
  std::vector<double> ttft; ///< write of the first token - arrival of the request
  std::vector<double> itl;  ///< gaps between the writes of one stream
};

/// The samples of the answers that were done, in their order.
[[nodiscard]] truth_samples samples_of(const std::vector<truth_record>& records);

} // namespace loadgen::serve
