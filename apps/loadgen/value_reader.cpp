#include "value_reader.hpp"

#include <loadgen/base/duration_text.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace loadgen::cli {

namespace {

template<class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The parts of "1,8,32".
std::vector<std::string_view> items_of(std::string_view list) {
  std::vector<std::string_view> items;
  for (;;) {
    const std::size_t comma = std::min(list.find(','), list.size());
    items.push_back(list.substr(0, comma));
    if (comma == list.size()) return items;
    list.remove_prefix(comma + 1);
  }
}

} // namespace

std::optional<std::uint64_t> value_reader::whole_number(std::string_view name, std::string_view text,
                                                        std::uint64_t least, std::uint64_t most) {
  const auto number = parse_number<std::uint64_t>(text);
  if (number && *number >= least && *number <= most) return number;
  const bool bounded = most != std::numeric_limits<std::uint64_t>::max();
  fail(name, bounded ? fmt::format("'{}' is not valid; expected a whole number from {} to {}", text, least, most)
                     : fmt::format("'{}' is not valid; expected a whole number of at least {}", text, least));
  return std::nullopt;
}

std::uint64_t value_reader::count(std::string_view name, std::uint64_t least, std::uint64_t most) {
  if (!from_.at(name).is_set()) return least;
  return whole_number(name, from_.text(name), least, most).value_or(least);
}

std::uint32_t value_reader::count32(std::string_view name, std::uint32_t least) {
  return static_cast<std::uint32_t>(count(name, least, std::numeric_limits<std::uint32_t>::max()));
}

std::vector<std::uint32_t> value_reader::counts(std::string_view name, std::uint32_t least) {
  std::vector<std::uint32_t> numbers;
  for (const std::string_view item : items_of(from_.text(name))) {
    const auto number = whole_number(name, item, least, std::numeric_limits<std::uint32_t>::max());
    numbers.push_back(static_cast<std::uint32_t>(number.value_or(least)));
  }
  return numbers;
}

std::vector<double> value_reader::reals(std::string_view name) {
  std::vector<double> numbers;
  for (const std::string_view item : items_of(from_.text(name))) {
    const auto number = parse_number<double>(item);
    if (!number || !std::isfinite(*number) || *number <= 0)
      fail(name, fmt::format("'{}' is not valid; expected a number above 0", item));
    numbers.push_back(number.value_or(1));
  }
  return numbers;
}

std::string_view value_reader::strongest(std::span<const std::string_view> options) {
  std::string_view chosen = options.front();
  for (const std::string_view option : options.subspan(1)) {
    const setting& candidate = from_.at(option);
    if (!candidate.is_given() || candidate.from < from_.at(chosen).from) continue;
    if (candidate.from == from_.at(chosen).from) fail(option, fmt::format("excludes {}; expected one of them", chosen));
    chosen = option;
  }
  return chosen;
}

double value_reader::real(std::string_view name, double least, double most) {
  if (!from_.at(name).is_set()) return least;
  const std::string_view text = from_.text(name);
  const auto number = parse_number<double>(text);
  if (number && std::isfinite(*number) && *number >= least && *number <= most) return *number;
  fail(name, std::isinf(most) ? fmt::format("'{}' is not valid; expected a number of at least {}", text, least)
                              : fmt::format("'{}' is not valid; expected a number from {} to {}", text, least, most));
  return least;
}

duration value_reader::span(std::string_view name) {
  if (!from_.at(name).is_set()) return {};
  const auto parsed = parse_duration(from_.text(name));
  if (parsed.has_value()) return *parsed;
  fail(name, parsed.error());
  return {};
}

void value_reader::fail(std::string_view name, std::string_view message) {
  fail(name, invalid_input(std::string{message}));
}

void value_reader::fail(std::string_view name, const error& why) {
  if (!failure_) failure_ = error{why.code, fmt::format("{}: {}", from_.at(name).spelling(), why.message)};
}

} // namespace loadgen::cli
