#pragma once

#include "settings.hpp"

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace loadgen::cli {

/// Reads settings as what they mean, and keeps the first error, so that a whole table is read in one go and checked
/// once at its end. After an error, and for what is unset, each call gives a harmless value.
class value_reader {
public:
  explicit value_reader(const settings& from) : from_(from) {}

  [[nodiscard]] std::uint64_t count(std::string_view name, std::uint64_t least,
                                    std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  [[nodiscard]] std::uint32_t count32(std::string_view name, std::uint32_t least);
  [[nodiscard]] std::vector<std::uint32_t> counts(std::string_view name, std::uint32_t least);
  /// A list of numbers above 0.
  [[nodiscard]] std::vector<double> reals(std::string_view name);
  [[nodiscard]] double real(std::string_view name, double least, double most);
  [[nodiscard]] duration span(std::string_view name);

  /// Which of options that exclude each other counts: the one from the strongest source; of two that nobody gave, the
  /// first. Two from the same source are an error.
  [[nodiscard]] std::string_view strongest(std::span<const std::string_view> options);

  /// Keeps `message`, said of the setting `name`, as the error, where there is none yet.
  void fail(std::string_view name, std::string_view message);
  /// The same for an error of the library.
  void fail(std::string_view name, const error& why);

  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

private:
  [[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view name, std::string_view text,
                                                          std::uint64_t least, std::uint64_t most);

  const settings& from_;
  std::optional<error> failure_;
};

} // namespace loadgen::cli
