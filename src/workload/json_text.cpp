#include "workload/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iterator>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

class json_writer {
public:
  explicit json_writer(std::string& out, const json_marks& marks = {}) : out_(out), marks_(marks) {}

  [[nodiscard]] const json_places& found() const noexcept { return found_; }

  void write(const json::value& value) {
    if (&value == marks_.number) found_.number = out_.size();
    switch (value.kind()) {
    case json::kind::double_: write_number(value.get_double()); break;
    case json::kind::string: write_string(value.get_string()); break;
    case json::kind::array: write_array(value.get_array()); break;
    case json::kind::object: write_object(value.get_object()); break;
    default: out_ += json::serialize(value);
    }
  }

private:
  void write_number(double number) {
    const std::size_t start = out_.size();
    fmt::format_to(std::back_inserter(out_), "{}", number);
    // Without a point or an exponent, a reader would take the number for an integer.
    if (out_.find_first_of(".e", start) == std::string::npos) out_ += ".0";
  }

  void write_string(const json::string& text) {
    if (&text == marks_.text) found_.text = out_.size() + 1; // past the opening quote
    out_ += json::serialize(text);
  }

  void write_array(const json::array& elements) {
    char separator = '[';
    for (const json::value& element : elements) {
      out_ += separator;
      write(element);
      separator = ',';
    }
    out_ += elements.empty() ? "[]" : "]";
  }

  void write_object(const json::object& members) {
    char separator = '{';
    for (const json::key_value_pair& member : members) {
      out_ += separator;
      out_ += json::serialize(member.key());
      out_ += ':';
      write(member.value());
      separator = ',';
    }
    out_ += members.empty() ? "{}" : "}";
  }

  std::string& out_;
  json_marks marks_;
  json_places found_;
};

} // namespace

void append_json(std::string& out, const json::value& value) {
  json_writer{out}.write(value);
}

json_places append_json_and_find(std::string& out, const json::value& value, const json_marks& marks) {
  json_writer writer{out, marks};
  writer.write(value);
  return writer.found();
}

void merge_patch(json::object& target, const json::object& patch) {
  for (const auto& [key, value] : patch) {
    if (value.is_null()) {
      target.stable_erase(key); // erase() would not keep the order
    } else if (const json::object* const nested = value.if_object()) {
      json::value& merged = target[key];
      if (!merged.is_object()) merged.emplace_object();
      merge_patch(merged.get_object(), *nested);
    } else {
      target[key] = value;
    }
  }
}

} // namespace loadgen::workload
