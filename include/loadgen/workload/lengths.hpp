#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/random.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// The most tokens that a drawn prompt or answer may have.
inline constexpr std::uint32_t longest_length = 10'000'000;

/// What the lengths of prompts or answers are drawn from.
enum class length_form : std::uint8_t {
  constant,  ///< every length is `first`
  uniform,   ///< whole numbers from `first` to `second`, both included, all equally likely
  normal,    ///< mean `first`, standard deviation `second`
  lognormal, ///< median `first`; the natural logarithm's standard deviation is `second`
};

/// A distribution of lengths in tokens. What is drawn of normal and lognormal is rounded to the nearest whole number;
/// a draw that rounds to less than 1 or to more than longest_length is drawn again (after 1000 in vain: the median).
struct length_distribution {
  length_form form = length_form::constant; ///< which of the four
  double first = 1;                         ///< 1 to longest_length; whole where it is constant or uniform
  double second = 0; ///< uniform: whole, `first` to longest_length; normal: 0 to longest_length; lognormal: 0 to 5

  /// Member by member: equal ones draw equal lengths from equal streams.
  friend bool operator==(const length_distribution&, const length_distribution&) = default;
};

/// Reads "512", "uniform(8,64)", "normal(512,64)" or "lognormal(512,0.5)". Errors: invalid_input, quoting `text`.
[[nodiscard]] result<length_distribution> parse_length(std::string_view text);

/// As parse_length() reads it: "normal(512,64)".
[[nodiscard]] std::string format_length(const length_distribution& lengths);

/// One length, 1 to longest_length. The same `draws` give the same length.
[[nodiscard]] std::uint32_t draw_length(const length_distribution& lengths, random_stream draws);

} // namespace loadgen::workload
