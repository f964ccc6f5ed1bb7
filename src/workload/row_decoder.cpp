#include "workload/row_decoder.hpp"

#include "workload/entry_parser.hpp"
#include "workload/parsed_json.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 5> parts{"prompt", "messages", "max_tokens", "category", "id"};

using fault = std::optional<element_fault>;

class row_reader final : public entry_decoder {
public:
  row_reader(field_choice choice, bool has_prompt)
      : fields_(std::move(choice.names)),
        wanted_(std::move(choice.wanted)),
        has_prompt_(has_prompt) {}

  [[nodiscard]] decoded decode(std::string_view text) const override {
    const auto row = parse_json(text, "fewer lists and structs in each other");
    if (row.has_error()) return row.error();
    decoded_entry made;
    for (const auto part : {&row_reader::read_asked, &row_reader::read_max_tokens, &row_reader::read_labels})
      if (auto wrong = (this->*part)(*row, made.entry)) return *std::move(wrong);
    for (const std::string& name : wanted_) made.fields.push_back(text_of_scalar(find_field(*row, name)));
    return made;
  }

private:
  [[nodiscard]] const json::value* part_of(const json::value& row, std::string_view part) const {
    return find_field(row, fields_.of(part));
  }

  [[nodiscard]] fault read_asked(const json::value& row, dataset_entry& into) const {
    return has_prompt_ ? read_prompt(part_of(row, "prompt"), into) : read_messages(part_of(row, "messages"), into);
  }

  [[nodiscard]] fault read_prompt(const json::value* value, dataset_entry& into) const {
    if (value == nullptr || !value->is_string())
      return element_fault{fmt::format("`{}` is {}; expected text", fields_.of("prompt"), describe(value))};
    into.prompt = text_of_scalar(value);
    if (into.prompt.empty()) return element_fault{fmt::format("`{}` is empty; expected text", fields_.of("prompt"))};
    return std::nullopt;
  }

  /// A list of structs, or JSON in a text.
  [[nodiscard]] fault read_messages(const json::value* value, dataset_entry& into) const {
    const std::string_view name = fields_.of("messages");
    json::value parsed;
    if (value != nullptr && value->is_string()) {
      json::error_code failure;
      parsed = json::parse(value->get_string(), failure);
      if (failure)
        return element_fault{
            fmt::format("`{}` is not valid JSON ({}); expected an array of messages", name, failure.message())};
      value = &parsed;
    }
    if (value == nullptr) return element_fault{fmt::format("`{}` is missing; expected an array of messages", name)};
    auto messages = messages_from(*value, name);
    if (messages.has_error()) return element_fault{messages.error().message};
    into.messages = *std::move(messages);
    return std::nullopt;
  }

  // None: the row has no budget of its own.
  [[nodiscard]] fault read_max_tokens(const json::value& row, dataset_entry& into) const {
    const json::value* const value = part_of(row, "max_tokens");
    if (value == nullptr || value->is_null()) return std::nullopt;
    const auto budget = budget_from(*value, fields_.of("max_tokens"));
    if (budget.has_error()) return element_fault{budget.error().message};
    into.max_tokens = *budget;
    return std::nullopt;
  }

  [[nodiscard]] fault read_labels(const json::value& row, dataset_entry& into) const {
    for (const std::string_view part : {"category", "id"}) {
      const json::value* const value = part_of(row, part);
      const bool structured = value != nullptr && (value->is_object() || value->is_array());
      if (structured && fields_.is_chosen(part))
        return element_fault{fmt::format("`{}` is {}; expected text", fields_.of(part), describe(value))};
      (part == "id" ? into.id : into.category) = text_of_scalar(value);
    }
    return std::nullopt;
  }

  entry_fields fields_;
  std::vector<std::string> wanted_;
  bool has_prompt_;
};

} // namespace

boost::system::result<row_layout, element_fault> lay_out_rows(const std::vector<std::string>& columns,
                                                              field_choice choice) {
  const entry_fields fields{choice.names};
  const std::string known = fmt::format("expected one of {}", fmt::join(columns, ", "));
  // The column of a field: of its name, or for `a.b` that of a.
  const auto column_of = [&](std::string_view field) {
    const auto whole = std::ranges::find(columns, field);
    return whole != columns.end() ? whole : std::ranges::find(columns, field.substr(0, field.find('.')));
  };
  const auto has = [&](std::string_view part) { return column_of(fields.of(part)) != columns.end(); };

  for (const std::string_view part : parts)
    if (fields.is_chosen(part) && !has(part))
      return element_fault{fmt::format("no column `{}`; {}", fields.of(part), known)};
  const bool either = has("prompt") && has("messages");
  if (!has("prompt") && !has("messages"))
    return element_fault{fmt::format("neither a column `{}` nor `{}`; expected one of them in {}", fields.of("prompt"),
                                     fields.of("messages"), fmt::join(columns, ", "))};
  if (either && fields.is_chosen("prompt") == fields.is_chosen("messages"))
    return element_fault{fmt::format("both a column `{}` and `{}`; expected one of them, or one that is mapped",
                                     fields.of("prompt"), fields.of("messages"))};
  const bool has_prompt = either ? fields.is_chosen("prompt") : has("prompt");

  std::vector<std::string> read = choice.wanted;
  for (const std::string_view part : parts)
    if (has(part) && part != (has_prompt ? "messages" : "prompt")) read.emplace_back(fields.of(part));
  row_layout layout;
  for (const std::string& field : read) {
    const auto column = column_of(field);
    if (column == columns.end()) return element_fault{fmt::format("no column `{}`; {}", field, known)};
    if (std::ranges::count(columns, *column) > 1)
      return element_fault{fmt::format("two columns `{}`; expected each name once", *column)};
    const auto place = static_cast<std::size_t>(column - columns.begin());
    if (std::ranges::find(layout.columns, place) == layout.columns.end()) layout.columns.push_back(place);
  }
  layout.decoder = std::make_unique<row_reader>(std::move(choice), has_prompt);
  return layout;
}

} // namespace loadgen::workload
