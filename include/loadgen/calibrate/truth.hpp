#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/serve/truth.hpp>

#include <span>
#include <vector>

namespace loadgen::calibrate {

/// A value in milliseconds of which only the two ends are known.
struct true_span {
  double least = 0; ///< the smallest it may be
  double most = 0;  ///< at least `least`

  /// How far `reported` is from the nearest value that may be true; negative where it is too small, 0 inside.
  [[nodiscard]] double error_of(double reported) const noexcept;
};

/// Samples of one latency as the server knows them: a token left at some time within the send call that carried it.
class true_samples {
public:
  /// `least` may be negative where clocks disagree, and counts as zero then.
  void add(duration least, duration most);

  /// How many samples were added.
  [[nodiscard]] std::size_t count() const noexcept { return least_.size(); }

  /// The percentile, by linear interpolation, lies between those of all lower and of all upper ends. `fraction`: 0
  /// to 1. Needs a sample. Reorders the samples.
  [[nodiscard]] true_span percentile(double fraction);

private:
  std::vector<double> least_, most_;
};

/// The latencies of a server's answers as it knows them.
struct true_latencies {
  true_samples ttft; ///< write of the first token - arrival of the request
  true_samples itl;  ///< gaps between the writes of one stream
};

/// Of the answers that were done. `ordinary_send`: how long a send call may have taken that the truth file does not
/// list among its slow ones; it lists those above 50 us.
[[nodiscard]] true_latencies true_latencies_of(std::span<const serve::truth_record> records, duration ordinary_send);

} // namespace loadgen::calibrate
