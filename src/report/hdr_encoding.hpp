#pragma once

#include "metrics/log_linear_histogram.hpp"

#include <string>
#include <string_view>

namespace loadgen::report {

/// The numbers in HdrHistogram's V2 encoding, uncompressed: lowest value 1, three significant digits, and as highest
/// value an hour of nanoseconds, or the largest number where that is more. `numbers`: whole, 0 to 2^53. Their bins are
/// HdrHistogram's own, so that no number is rounded twice.
[[nodiscard]] std::string encode_hdr(const metrics::log_linear_histogram& numbers);

/// An encoded histogram as histogram logs hold it: compressed by zlib behind a header of its own, in base64.
[[nodiscard]] std::string hdr_log_text(std::string_view encoded);

} // namespace loadgen::report
