#include <loadgen/report/report.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace loadgen::report {

namespace {

namespace json = boost::json;

class pretty_printer {
public:
  std::string text;

  void print(const json::value& value, int depth) {
    if (const json::object* object = value.if_object())
      print(*object, depth);
    else if (const json::array* array = value.if_array())
      print(*array, depth);
    else if (const double* number = value.if_double())
      print(*number);
    else
      text += json::serialize(value);
  }

private:
  void print(const json::object& object, int depth) {
    if (object.empty()) {
      text += "{}";
      return;
    }
    text += '{';
    for (bool first = true; const json::key_value_pair& member : object) {
      if (!first) text += ',';
      first = false;
      new_line(depth + 1);
      text += json::serialize(json::string{member.key()});
      text += ": ";
      print(member.value(), depth + 1);
    }
    new_line(depth);
    text += '}';
  }

  // An array of plain values is read as one thing, and stays on one line.
  void print(const json::array& array, int depth) {
    const bool one_line =
        std::none_of(array.begin(), array.end(), [](const json::value& v) { return v.is_structured(); });
    text += '[';
    for (bool first = true; const json::value& element : array) {
      if (!first) text += one_line ? ", " : ",";
      first = false;
      if (!one_line) new_line(depth + 1);
      print(element, depth + 1);
    }
    if (!one_line) new_line(depth);
    text += ']';
  }

  // Boost.JSON would write 12.5 as 1.25E1; JSON has no word for what is not finite.
  void print(double number) {
    if (std::isfinite(number))
      fmt::format_to(std::back_inserter(text), "{}", number);
    else
      text += "null";
  }

  void new_line(int depth) {
    text += '\n';
    text.append(static_cast<std::size_t>(depth) * 2, ' ');
  }
};

} // namespace

std::string to_pretty_json(const boost::json::value& value) {
  pretty_printer printer;
  printer.print(value, 0);
  printer.text += '\n';
  return std::move(printer.text);
}

} // namespace loadgen::report
