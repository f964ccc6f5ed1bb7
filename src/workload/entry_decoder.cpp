#include "workload/entry_decoder.hpp"

#include "workload/entry_parser.hpp"
#include "workload/parsed_json.hpp"

#include <boost/json/value.hpp>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

class plain_text final : public entry_decoder {
public:
  [[nodiscard]] decoded decode(std::string_view text) const override {
    decoded_entry made;
    made.entry.prompt = text;
    return made;
  }
};

class json_values final : public entry_decoder {
public:
  using read_entry = result<dataset_entry> (*)(const json::value&, const entry_fields&);

  json_values(field_choice choice, read_entry read, std::string_view expected)
      : fields_(std::move(choice.names)),
        wanted_(std::move(choice.wanted)),
        read_(read),
        expected_(expected) {}

  [[nodiscard]] decoded decode(std::string_view text) const override {
    const auto value = parse_json(text, expected_);
    if (value.has_error()) return value.error();
    auto entry = read_(*value, fields_);
    if (entry.has_error()) return element_fault{entry.error().message};
    decoded_entry made;
    made.entry = *std::move(entry);
    for (const std::string& name : wanted_) made.fields.push_back(text_of_scalar(find_field(*value, name)));
    return made;
  }

private:
  entry_fields fields_;
  std::vector<std::string> wanted_;
  read_entry read_;
  std::string_view expected_;
};

} // namespace

std::unique_ptr<entry_decoder> text_decoder() {
  return std::make_unique<plain_text>();
}

std::unique_ptr<entry_decoder> json_decoder(field_choice fields) {
  return std::make_unique<json_values>(std::move(fields), entry_from_object_or_string,
                                       "an array of strings or objects");
}

std::unique_ptr<entry_decoder> jsonl_decoder(field_choice fields) {
  return std::make_unique<json_values>(std::move(fields), entry_from_object, "one object a line");
}

} // namespace loadgen::workload
