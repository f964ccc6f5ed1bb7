#include "workload/trace_parser.hpp"

#include "base/number_text.hpp"

#include <loadgen/workload/lengths.hpp>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr double longest_time_s = 1e9; // 31 years: far below what a duration holds

/// One line as the file has it: `at` counts from whatever the file's time stamps count from.
using read_entry = result<trace_entry>;

error bad_tokens(std::string_view name, std::string_view value) {
  return invalid_input(fmt::format("{} is {}; expected a number of tokens from 0 to {}", name, value, longest_length));
}

std::optional<duration> seconds_from(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > longest_time_s) return std::nullopt;
  return duration{std::llround(seconds * 1e9)};
}

result<std::uint32_t> tokens_of(const json::object& request, std::string_view name) {
  const json::value* const value = request.if_contains(name);
  if (value == nullptr) return bad_tokens(name, "missing");
  json::error_code not_representable;
  const bool whole = value->is_int64() || value->is_uint64();
  const auto tokens = whole ? value->to_number<std::uint32_t>(not_representable) : 0U;
  if (!whole || not_representable || tokens > longest_length) return bad_tokens(name, "no such number");
  return tokens;
}

result<std::vector<std::uint64_t>> blocks_of(const json::object& request) {
  std::vector<std::uint64_t> blocks;
  const json::value* const ids = request.if_contains("hash_ids");
  if (ids == nullptr || ids->is_null()) return blocks;
  const auto fault = [] { return invalid_input("hash_ids is not valid; expected an array of whole numbers from 0"); };
  if (!ids->is_array()) return fault();
  for (const json::value& id : ids->get_array()) {
    json::error_code not_representable;
    const bool whole = id.is_int64() || id.is_uint64();
    blocks.push_back(whole ? id.to_number<std::uint64_t>(not_representable) : 0);
    if (!whole || not_representable) return fault();
  }
  return blocks;
}

read_entry read_mooncake(std::string_view line) {
  json::error_code failure;
  const json::value parsed = json::parse({line.data(), line.size()}, failure);
  if (failure || !parsed.is_object())
    return invalid_input("not a JSON object; expected one such as "
                         R"({"timestamp":0,"input_length":120,"output_length":16})");
  const json::object& request = parsed.get_object();
  const json::value* const stamp = request.if_contains("timestamp");
  const auto at =
      stamp != nullptr && stamp->is_number() ? seconds_from(stamp->to_number<double>() / 1e3) : std::nullopt;
  if (!at) return invalid_input("timestamp is missing or not valid; expected milliseconds of at least 0");
  const auto input = tokens_of(request, "input_length");
  if (input.has_error()) return input.error();
  const auto output = tokens_of(request, "output_length");
  if (output.has_error()) return output.error();
  auto blocks = blocks_of(request);
  if (blocks.has_error()) return blocks.error();
  return trace_entry{*at, *input, *output, *std::move(blocks)};
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = std::min(line.find(','), line.size());
    fields.push_back(line.substr(0, comma));
    if (comma == line.size()) return fields;
    line.remove_prefix(comma + 1);
  }
}

std::optional<duration> seconds_stamp(std::string_view text) {
  const auto seconds = parse_number<double>(text);
  return seconds ? seconds_from(*seconds) : std::nullopt;
}

/// `digits` characters off the front of `text`, all of them digits; `separator`, where there is one, behind them.
std::optional<int> take_digits(std::string_view& text, std::size_t digits, std::string_view separators = {}) {
  const std::string_view number = text.substr(0, digits);
  if (number.size() < digits || number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(digits);
  if (!separators.empty()) {
    if (text.empty() || separators.find(text.front()) == std::string_view::npos) return std::nullopt;
    text.remove_prefix(1);
  }
  return parse_number<int>(number);
}

/// 2023-11-16 18:17:03.9799600, in UTC, counted from 1970.
std::optional<duration> date_stamp(std::string_view text) {
  const auto year = take_digits(text, 4, "-");
  const auto month = take_digits(text, 2, "-");
  const auto day = take_digits(text, 2, " T");
  const auto hour = take_digits(text, 2, ":");
  const auto minute = take_digits(text, 2, ":");
  const auto second = take_digits(text, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year < 1970 || *year > 2200 || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  duration at = std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{*hour} +
                std::chrono::minutes{*minute} + std::chrono::seconds{*second};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    std::int64_t unit = 1'000'000'000;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9' && unit > 1; text.remove_prefix(1)) {
      unit /= 10;
      at += duration{(text.front() - '0') * unit};
    }
    if (unit == 1'000'000'000) return std::nullopt;
  }
  return text.empty() || text == "Z" || text == "+00:00" ? std::optional{at} : std::nullopt;
}

/// What the columns of a known form are called, and how its time stamps are written.
struct csv_form {
  std::string_view time, input, output;
  std::optional<duration> (*read_time)(std::string_view);
  std::string_view expected_time;
};

constexpr std::array<csv_form, 2> csv_forms{{
    {"TIMESTAMP", "ContextTokens", "GeneratedTokens", date_stamp, "a time in UTC such as 2023-11-16 18:17:03.9799600"},
    {"Timestamp", "Request tokens", "Response tokens", seconds_stamp, "seconds of at least 0"},
}};

class csv_reader {
public:
  /// The reader of the files that begin with that line, or nothing.
  static std::optional<csv_reader> for_header(std::string_view line) {
    const std::vector<std::string_view> names = fields_of(line);
    for (const csv_form& form : csv_forms) {
      csv_reader reader{form, names.size()};
      const auto place = [&names](std::string_view name) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      };
      reader.time_ = place(form.time);
      reader.input_ = place(form.input);
      reader.output_ = place(form.output);
      if (std::max({reader.time_, reader.input_, reader.output_}) < names.size()) return reader;
    }
    return std::nullopt;
  }

  [[nodiscard]] read_entry operator()(std::string_view line) const {
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.size() != columns_)
      return invalid_input(fmt::format("{} columns; expected {}, as in the header", fields.size(), columns_));
    const auto at = form_->read_time(fields[time_]);
    if (!at)
      return invalid_input(fmt::format("{} is '{}'; expected {}", form_->time, fields[time_], form_->expected_time));
    const auto input = parse_number<std::uint32_t>(fields[input_]);
    if (!input || *input > longest_length) return bad_tokens(form_->input, fmt::format("'{}'", fields[input_]));
    const auto output = parse_number<std::uint32_t>(fields[output_]);
    if (!output || *output > longest_length) return bad_tokens(form_->output, fmt::format("'{}'", fields[output_]));
    return trace_entry{*at, *input, *output};
  }

private:
  csv_reader(const csv_form& form, std::size_t columns) : form_(&form), columns_(columns) {}

  const csv_form* form_;
  std::size_t columns_;
  std::size_t time_ = 0, input_ = 0, output_ = 0;
};

/// Lines of a text that are not blank, with their numbers.
class line_reader {
public:
  explicit line_reader(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") != std::string_view::npos) return line;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

private:
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

class entry_reader {
public:
  entry_reader(std::string_view file, line_reader lines) : file_(file), lines_(lines) {}

  template<class ReadLine>
  result<std::vector<trace_entry>> read_with(const ReadLine& read) {
    std::vector<trace_entry> entries;
    duration first{};
    while (const auto line = lines_.next()) {
      auto entry = read(*line);
      if (entry.has_error()) return fault(entry.error().message);
      if (entries.empty()) first = entry->at;
      entry->at -= first;
      if (!entries.empty() && entry->at < entries.back().at)
        return fault("its time stamp is before that of the line above; expected them to ascend");
      entries.push_back(*std::move(entry));
    }
    if (entries.empty()) return fault("no requests; expected at least one");
    return entries;
  }

  [[nodiscard]] error fault(std::string_view what) const {
    return invalid_input(fmt::format("{}:{}: {}", file_, std::max<std::uint64_t>(lines_.number(), 1), what));
  }

private:
  std::string_view file_;
  line_reader lines_;
};

} // namespace

result<std::vector<trace_entry>> parse_trace(std::string_view file, std::string_view bytes) {
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  line_reader lines{bytes};
  const line_reader from_first = lines;
  const auto first = lines.next();
  if (!first || first->starts_with('{')) return entry_reader{file, from_first}.read_with(read_mooncake);
  entry_reader entries{file, lines};
  if (const auto reader = csv_reader::for_header(*first)) return entries.read_with(*reader);
  return entries.fault(
      "not the first line of a trace; expected a Mooncake request in JSON, or a header with TIMESTAMP, "
      "ContextTokens and GeneratedTokens (Azure) or Timestamp, Request tokens and Response tokens "
      "(BurstGPT)");
}

} // namespace loadgen::workload
