#pragma once

#include <loadgen/base/random.hpp>

#include <boost/random/uniform_int_distribution.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace loadgen::test {

/// A number from `low` to `high`, both included.
[[nodiscard]] inline std::size_t pick(random_stream& random, std::size_t low, std::size_t high) {
  return boost::random::uniform_int_distribution<std::size_t>{low, high}(random);
}

/// True once in `times` on average.
[[nodiscard]] inline bool one_in(random_stream& random, std::size_t times) {
  return pick(random, 1, times) == 1;
}

template<class Choice, std::size_t Count>
[[nodiscard]] const Choice& pick_one(random_stream& random, const std::array<Choice, Count>& choices) {
  return choices[pick(random, 0, Count - 1)];
}

/// `size` characters out of `alphabet`.
[[nodiscard]] inline std::string random_text(random_stream& random, std::string_view alphabet, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += alphabet[pick(random, 0, alphabet.size() - 1)];
  return text;
}

} // namespace loadgen::test
