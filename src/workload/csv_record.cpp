#include "workload/csv_record.hpp"

#include <algorithm>
#include <optional>

namespace loadgen::workload {

namespace {

using fault = std::optional<element_fault>;

class record_reader {
public:
  explicit record_reader(std::string_view text) : text_(text) {}

  /// Puts the next field into `field`, or says what is wrong with it.
  fault next_field(std::string& field) { return text_.substr(at_).starts_with('"') ? quoted(field) : plain(field); }

  /// Moves past the comma behind a field. False at the end of the record.
  bool skip_comma() {
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }

private:
  fault quoted(std::string& field) {
    const std::size_t opened = at_++;
    while (true) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos)
        return at_place("a quote that is not closed; expected another '\"' behind the field", opened);
      field += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (!text_.substr(at_).starts_with('"')) break;
      field += '"';
      ++at_;
    }
    if (at_ != text_.size() && text_[at_] != ',')
      return at_place("text behind a field in quotes; expected ',' or the end of the line", at_);
    return std::nullopt;
  }

  fault plain(std::string& into) {
    const std::size_t end = std::min(text_.find(',', at_), text_.size());
    const std::string_view field = text_.substr(at_, end - at_);
    if (const std::size_t quote = field.find('"'); quote != std::string_view::npos)
      return at_place("a quote inside a field; expected the whole field in quotes, and the one inside doubled",
                      at_ + quote);
    at_ = end;
    into = field;
    return std::nullopt;
  }

  [[nodiscard]] element_fault at_place(std::string what, std::size_t at) const {
    return element_fault{std::move(what), static_cast<std::uint32_t>(std::ranges::count(text_.substr(0, at), '\n'))};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

} // namespace

boost::system::result<std::vector<std::string>, element_fault> fields_of_record(std::string_view text) {
  record_reader reader{text};
  std::vector<std::string> fields;
  do {
    fields.emplace_back();
    if (const auto wrong = reader.next_field(fields.back())) return *wrong;
  } while (reader.skip_comma());
  return fields;
}

} // namespace loadgen::workload
