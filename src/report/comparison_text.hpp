#pragma once

#include <loadgen/report/comparison.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::report {

/// "+0.52%", "-12.3%", "+140%"
[[nodiscard]] std::string signed_percent(double share);

/// "-0.31% to +1.30%"; "-" where it is unset.
[[nodiscard]] std::string percent_interval(const std::optional<metrics::interval>& of);

/// "<0.001", "0.412"; "-" where it is unset.
[[nodiscard]] std::string probability(const std::optional<double>& p);

/// "concurrency 8", "rate 2.5/s"
[[nodiscard]] std::string load_name(const compared_level& level);

/// "better", "cannot tell"
[[nodiscard]] std::string judgement_text(comparison::judgement of);

/// The figure with its unit: "ttft_p50 ms", "requests_per_s".
[[nodiscard]] std::string figure_heading(const comparison::change& of);

/// How many of the figures were tested, how many seem to differ, and how many would by chance alone: one sentence.
[[nodiscard]] std::string chance_sentence(const run_comparison& compared);

/// What observations the level's intervals are from, and how many there are on each side: one line.
[[nodiscard]] std::string basis_text(const compared_level& level);

/// Figures that cannot be told for the same reason.
struct untold_figures {
  std::string_view why; ///< valid as long as the program
  std::vector<std::string> figures;
};

/// Of the headline figures of a level; those that no side has are not among them.
[[nodiscard]] std::vector<untold_figures> untold_headlines(const compared_level& level);

/// Whether a report shows the figure: a headline that at least one side has.
[[nodiscard]] bool is_shown(const comparison::change& of) noexcept;

} // namespace loadgen::report
