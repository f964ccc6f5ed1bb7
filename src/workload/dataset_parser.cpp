#include "workload/dataset_parser.hpp"

#include "workload/entry_parser.hpp"
#include "workload/utf8.hpp"

#include <boost/json/parser.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

using entries = std::vector<dataset_entry>;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view white_space = " \t\r\n";

/// A place in a dataset file, which knows its line.
class cursor {
public:
  cursor(std::string_view file, std::string_view bytes) : file_(file), rest_(bytes) {}

  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  [[nodiscard]] std::uint32_t line() const noexcept { return line_; }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  void advance(std::size_t bytes) {
    line_ += static_cast<std::uint32_t>(std::ranges::count(rest_.substr(0, bytes), '\n'));
    rest_.remove_prefix(bytes);
  }

  void skip_white_space() { advance(std::min(rest_.find_first_not_of(white_space), rest_.size())); }

  /// Moves past `c` where it stands here.
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    advance(1);
    return true;
  }

  [[nodiscard]] error fault(std::string_view what) const {
    return invalid_input(fmt::format("{}:{}: {}", file_, line_, what));
  }

  [[nodiscard]] error bad_json(const json::error_code& why, std::string_view expected) const {
    return fault(fmt::format("not valid JSON ({}); expected {}", why.message(), expected));
  }

private:
  std::string_view file_;
  std::string_view rest_;
  std::uint32_t line_ = 1;
};

// Calls `read` for every line that is not blank, with its text and the line's start as the cursor's place.
template<class ReadLine>
result<entries> parse_lines(cursor place, ReadLine read) {
  entries read_so_far;
  while (!place.at_end()) {
    const std::string_view whole = place.rest().substr(0, place.rest().find('\n'));
    std::string_view text = whole;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.find_first_not_of(white_space) != std::string_view::npos) {
      result<dataset_entry> entry = read(place, text);
      if (entry.has_error()) return entry.error();
      entry->line = place.line();
      read_so_far.push_back(*std::move(entry));
    }
    place.advance(std::min(whole.size() + 1, place.rest().size()));
  }
  return read_so_far;
}

result<dataset_entry> read_text_line(const cursor&, std::string_view text) {
  dataset_entry entry;
  entry.prompt = text;
  return entry;
}

result<dataset_entry> read_jsonl_line(const cursor& place, std::string_view text) {
  json::parser parser;
  json::error_code failure;
  parser.write(text.data(), text.size(), failure);
  if (failure) return place.bad_json(failure, "one object a line");
  auto entry = entry_from_object(parser.release());
  if (entry.has_error()) return place.fault(entry.error().message);
  return entry;
}

result<dataset_entry> read_array_element(cursor& place) {
  json::parser parser;
  json::error_code failure;
  const std::size_t consumed = parser.write_some(place.rest().data(), place.rest().size(), failure);
  if (failure) {
    place.advance(consumed);
    return place.bad_json(failure, "an array of strings or objects");
  }
  auto entry = entry_from_object_or_string(parser.release());
  if (entry.has_error()) return place.fault(entry.error().message);
  entry->line = place.line();
  place.advance(consumed);
  return entry;
}

// Element by element, since a parsed document no longer knows where its elements stood.
result<entries> parse_array(cursor place) {
  entries read_so_far;
  place.skip_white_space();
  if (place.at_end()) return read_so_far;
  if (!place.skip('[')) return place.fault("the file does not begin with '['; expected an array of strings or objects");
  place.skip_white_space();
  bool closed = place.skip(']');
  while (!closed) {
    place.skip_white_space();
    auto entry = read_array_element(place);
    if (entry.has_error()) return entry.error();
    read_so_far.push_back(*std::move(entry));
    place.skip_white_space();
    closed = place.skip(']');
    if (!closed && !place.skip(','))
      return place.fault(place.at_end() ? "the array does not end; expected ',' or ']'"
                                        : "an element is not followed by ',' or ']'; expected one of them");
  }
  place.skip_white_space();
  if (!place.at_end()) return place.fault("text after the array; expected the end of the file");
  return read_so_far;
}

result<entries> parse_format(const cursor& start, dataset_format format) {
  switch (format) {
  case dataset_format::jsonl: return parse_lines(start, read_jsonl_line);
  case dataset_format::json_array: return parse_array(start);
  case dataset_format::text: break;
  }
  return parse_lines(start, read_text_line);
}

} // namespace

result<std::vector<dataset_entry>> parse_dataset(std::string_view file, std::string_view bytes, dataset_format format) {
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  cursor start{file, bytes};
  if (const auto bad = invalid_utf8_at(bytes)) {
    start.advance(*bad);
    return start.fault("bytes that are not UTF-8; expected UTF-8 text");
  }
  auto parsed = parse_format(start, format);
  if (parsed.has_value() && parsed->empty()) return start.fault("no prompts; expected at least one");
  return parsed;
}

} // namespace loadgen::workload
