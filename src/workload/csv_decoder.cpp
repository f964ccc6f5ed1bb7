#include "workload/csv_record.hpp"
#include "workload/entry_decoder.hpp"
#include "workload/entry_parser.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> parts{"prompt", "messages", "max_tokens", "category", "id"};

using column = std::optional<std::size_t>;

class csv_reader final : public entry_decoder {
public:
  csv_reader(std::vector<std::string> header, field_choice choice)
      : header_(std::move(header)),
        fields_(std::move(choice.names)),
        wanted_(std::move(choice.wanted)) {
    for (std::size_t i = 0; i < parts.size(); ++i) places_[i] = find(fields_.of(parts[i]));
  }

  /// What is wrong with the header for what was chosen, or nothing.
  [[nodiscard]] std::optional<std::string> fault_of_header() const {
    const std::string known = fmt::format("expected one of {}", fmt::join(header_, ", "));
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (!places_[i] && fields_.is_chosen(parts[i]))
        return fmt::format("no column `{}`; {}", fields_.of(parts[i]), known);
    for (const std::string& name : wanted_)
      if (!find(name)) return fmt::format("no column `{}`; {}", name, known);
    const bool prompt = places_[0].has_value();
    const bool messages = places_[1].has_value();
    if (!prompt && !messages)
      return fmt::format("neither a column `{}` nor `{}`; expected one of them in {}", fields_.of("prompt"),
                         fields_.of("messages"), fmt::join(header_, ", "));
    if (prompt && messages)
      return fmt::format("both a column `{}` and `{}`; expected one of them", fields_.of("prompt"),
                         fields_.of("messages"));
    for (std::size_t i = 0; i < header_.size(); ++i)
      if (std::find(header_.begin(), header_.begin() + static_cast<std::ptrdiff_t>(i), header_[i]) !=
          header_.begin() + static_cast<std::ptrdiff_t>(i))
        return fmt::format("two columns `{}`; expected each name once", header_[i]);
    return std::nullopt;
  }

  [[nodiscard]] decoded decode(std::string_view text) const override {
    auto read = fields_of_record(text);
    if (read.has_error()) return read.error();
    const std::vector<std::string>& cells = *read;
    if (cells.size() != header_.size())
      return element_fault{fmt::format("{} columns; expected {}, as in the header", cells.size(), header_.size())};
    const auto cell = [&](std::size_t part) { return places_[part] ? cells[*places_[part]] : std::string{}; };

    decoded_entry made;
    const auto asked = places_[0] ? read_prompt(cell(0), made.entry) : read_messages(cell(1), made.entry);
    if (asked) return *asked;
    if (const auto fault = read_max_tokens(cell(2), made.entry)) return *fault;
    made.entry.category = cell(3);
    made.entry.id = cell(4);
    for (const std::string& name : wanted_) made.fields.push_back(cells[*find(name)]);
    return made;
  }

private:
  [[nodiscard]] column find(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    return found == header_.end() ? column{} : static_cast<std::size_t>(found - header_.begin());
  }

  [[nodiscard]] std::optional<element_fault> read_prompt(std::string text, dataset_entry& into) const {
    if (text.empty()) return element_fault{fmt::format("`{}` is empty; expected text", fields_.of("prompt"))};
    into.prompt = std::move(text);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<element_fault> read_messages(const std::string& text, dataset_entry& into) const {
    json::error_code failure;
    const json::value value = json::parse(text, failure);
    if (failure)
      return element_fault{fmt::format("`{}` is not valid JSON ({}); expected an array of messages",
                                       fields_.of("messages"), failure.message())};
    auto messages = messages_from(value, fields_.of("messages"));
    if (messages.has_error()) return element_fault{messages.error().message};
    into.messages = *std::move(messages);
    return std::nullopt;
  }

  // An empty cell: the row has no budget of its own.
  [[nodiscard]] std::optional<element_fault> read_max_tokens(const std::string& text, dataset_entry& into) const {
    if (text.empty()) return std::nullopt;
    std::uint32_t budget = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), budget);
    if (failure != std::errc{} || rest != text.data() + text.size() || budget == 0)
      return element_fault{fmt::format("`{}` is '{}'; expected an integer from 1 to {}", fields_.of("max_tokens"), text,
                                       std::numeric_limits<std::uint32_t>::max())};
    into.max_tokens = budget;
    return std::nullopt;
  }

  std::vector<std::string> header_;
  entry_fields fields_;
  std::vector<std::string> wanted_;
  std::array<column, parts.size()> places_{};
};

} // namespace

boost::system::result<std::unique_ptr<entry_decoder>, element_fault> csv_decoder(std::string_view header,
                                                                                 field_choice fields) {
  auto names = fields_of_record(header);
  if (names.has_error()) return names.error();
  auto reader = std::make_unique<csv_reader>(*std::move(names), std::move(fields));
  if (auto fault = reader->fault_of_header()) return element_fault{*std::move(fault)};
  return std::unique_ptr<entry_decoder>{std::move(reader)};
}

} // namespace loadgen::workload
