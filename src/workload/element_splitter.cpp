#include "workload/element_splitter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace loadgen::workload {

namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t longest_element = std::size_t{1} << 30U;

/// What splitters have in common: bytes are looked at once, however often more of them must be read.
class reading_splitter : public element_splitter {
public:
  reading_splitter(block_reader& reader, std::string_view file) : reader_(reader), file_(file) {}

protected:
  using outcome = result<std::optional<element>>;

  /// Reads on until `end_of(rest, from)` finds the end of the element; at the end of the file it is all that is left.
  /// `end_of` looks at the bytes from `from` on only, and keeps what it has to know of those before.
  template<class EndOf>
  [[nodiscard]] result<std::size_t> find_end(EndOf end_of) {
    std::size_t looked_at = 0;
    while (true) {
      if (const auto end = end_of(reader_.rest(), looked_at)) return *end;
      looked_at = reader_.rest().size();
      if (looked_at > longest_element)
        return fault(fmt::format("an entry of more than {} MiB; expected a shorter one", longest_element >> 20U));
      const auto more = reader_.more();
      if (more.has_error()) return more.error();
      if (!*more) return looked_at;
    }
  }

  /// Moves past white space. False at the end of the file.
  [[nodiscard]] result<bool> skip_white_space() {
    while (true) {
      const std::size_t blank = std::min(reader_.rest().find_first_not_of(white_space), reader_.rest().size());
      reader_.consume(blank);
      if (!reader_.rest().empty()) return true;
      const auto more = reader_.more();
      if (more.has_error() || !*more) return more;
    }
  }

  [[nodiscard]] bool skip(char c) {
    if (!reader_.rest().starts_with(c)) return false;
    reader_.consume(1);
    return true;
  }

  /// The first `size` bytes of what is left, which stay where they are until the next call.
  [[nodiscard]] element take(std::size_t size) {
    taken_ = size;
    return {reader_.offset(), reader_.line(), reader_.rest().substr(0, size)};
  }

  void finish_taken() {
    reader_.consume(taken_);
    taken_ = 0;
  }

  [[nodiscard]] error fault(std::string_view what) const { return fault_at(file_, reader_.line(), what); }

  [[nodiscard]] block_reader& reader() noexcept { return reader_; }

private:
  block_reader& reader_;
  std::string_view file_;
  std::size_t taken_ = 0;
};

class line_splitter final : public reading_splitter {
public:
  using reading_splitter::reading_splitter;

  [[nodiscard]] outcome next() override {
    while (true) {
      finish_taken();
      const auto end = find_end([](std::string_view rest, std::size_t from) -> std::optional<std::size_t> {
        const std::size_t feed = rest.find('\n', from);
        return feed == std::string_view::npos ? std::nullopt : std::optional{feed + 1};
      });
      if (end.has_error()) return end.error();
      if (*end == 0) return std::nullopt;
      element line = take(*end);
      if (line.text.ends_with('\n')) line.text.remove_suffix(1);
      if (line.text.ends_with('\r')) line.text.remove_suffix(1);
      if (line.text.find_first_not_of(white_space) != std::string_view::npos) return line;
    }
  }
};

/// Finds where a JSON value ends without reading it: by its quotes and brackets.
class value_end {
public:
  std::optional<std::size_t> operator()(std::string_view rest, std::size_t from) {
    for (std::size_t at = from; at < rest.size(); ++at)
      if (const auto end = after(rest[at], at)) return end;
    return std::nullopt;
  }

private:
  std::optional<std::size_t> after(char c, std::size_t at) {
    if (in_string_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        in_string_ = false;
      return in_string_ || depth_ > 0 ? std::nullopt : std::optional{at + 1};
    }
    if (c == '"') {
      if (depth_ == 0 && at > 0) return at; // a value has begun before it
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      if (depth_ == 0 && at > 0) return at;
      ++depth_;
    } else if (depth_ == 0) { // a number, a word, or nothing that is a value
      if (c == ',' || c == ']' || c == '}' || white_space.find(c) != std::string_view::npos)
        return std::max<std::size_t>(at, 1);
    } else if ((c == '}' || c == ']') && --depth_ == 0) {
      return at + 1;
    }
    return std::nullopt;
  }

  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

class array_splitter final : public reading_splitter {
public:
  using reading_splitter::reading_splitter;

  [[nodiscard]] outcome next() override {
    if (closed_) return std::nullopt;
    const auto separated = begun_ ? after_element() : begin();
    if (separated.has_error()) return separated.error();
    if (closed_) return std::nullopt;
    if (const auto any = skip_white_space(); any.has_error()) return any.error();
    const auto end = find_end(value_end{});
    if (end.has_error()) return end.error();
    return take(*end);
  }

private:
  [[nodiscard]] result<void> begin() {
    begun_ = true;
    const auto any = skip_white_space();
    if (any.has_error()) return any.error();
    if (!*any) {
      closed_ = true; // a file with nothing in it has no prompts
      return {};
    }
    if (!skip('[')) return fault("the file does not begin with '['; expected an array of strings or objects");
    if (const auto more = skip_white_space(); more.has_error()) return more.error();
    return skip(']') ? close() : result<void>{};
  }

  [[nodiscard]] result<void> after_element() {
    finish_taken();
    const auto any = skip_white_space();
    if (any.has_error()) return any.error();
    if (skip(']')) return close();
    if (skip(',')) return {};
    return fault(*any ? "an element is not followed by ',' or ']'; expected one of them"
                      : "the array does not end; expected ',' or ']'");
  }

  [[nodiscard]] result<void> close() {
    closed_ = true;
    const auto any = skip_white_space();
    if (any.has_error()) return any.error();
    if (*any) return fault("text after the array; expected the end of the file");
    return {};
  }

  bool begun_ = false;
  bool closed_ = false;
};

/// Finds the line end of a CSV record, which is none in quotes. A quote within quotes is doubled, so that the second
/// one opens them again.
class record_end {
public:
  std::optional<std::size_t> operator()(std::string_view rest, std::size_t from) {
    for (std::size_t at = from; at < rest.size(); ++at) {
      if (rest[at] == '"') in_quotes_ = !in_quotes_;
      if (rest[at] == '\n' && !in_quotes_) return at + 1;
    }
    return std::nullopt;
  }

private:
  bool in_quotes_ = false;
};

class record_splitter final : public reading_splitter {
public:
  using reading_splitter::reading_splitter;

  [[nodiscard]] outcome next() override {
    while (true) {
      finish_taken();
      const auto end = find_end(record_end{});
      if (end.has_error()) return end.error();
      if (*end == 0) return std::nullopt;
      element record = take(*end);
      if (record.text.ends_with('\n')) record.text.remove_suffix(1);
      if (record.text.ends_with('\r')) record.text.remove_suffix(1);
      if (record.text.find_first_not_of(white_space) != std::string_view::npos) return record;
    }
  }
};

} // namespace

std::unique_ptr<element_splitter> split_lines(block_reader& reader, std::string_view file) {
  return std::make_unique<line_splitter>(reader, file);
}

std::unique_ptr<element_splitter> split_array(block_reader& reader, std::string_view file) {
  return std::make_unique<array_splitter>(reader, file);
}

std::unique_ptr<element_splitter> split_records(block_reader& reader, std::string_view file) {
  return std::make_unique<record_splitter>(reader, file);
}

error fault_at(std::string_view file, std::uint32_t line, std::string_view what) {
  return invalid_input(fmt::format("{}:{}: {}", file, line, what));
}

} // namespace loadgen::workload
