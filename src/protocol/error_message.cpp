#include "protocol/message_text.hpp"
#include "protocol/stream_reader.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace loadgen::protocol {

namespace {

namespace json = boost::json;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_ignoring_case(char a, char b) {
  return lower(a) == lower(b);
}

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted) {
  const auto* const at = std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), same_ignoring_case);
  return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  const std::string_view start = text.substr(0, prefix.size());
  return std::equal(start.begin(), start.end(), prefix.begin(), prefix.end(), same_ignoring_case);
}

/// FastAPI names the place of a faulty field as a list: ["body", "messages"] becomes "body.messages".
std::string joined_location(const json::value& location) {
  std::string joined;
  if (!location.is_array()) return joined;
  for (const json::value& step : location.get_array()) {
    if (!joined.empty()) joined += '.';
    joined += step.is_string() ? std::string{step.get_string()} : json::serialize(step);
  }
  return joined;
}

/// The message in what an API put where its error belongs: a text, an object with a message, or a list of either.
std::string message_in(const json::value& value) {
  if (value.is_string()) return std::string{value.get_string()};
  if (value.is_array()) {
    for (const json::value& element : value.get_array())
      if (std::string message = message_in(element); !message.empty()) return message;
    return {};
  }
  if (!value.is_object()) return {};
  const json::object& object = value.get_object();
  for (const char* key : {"message", "msg", "detail", "error"}) {
    const json::value* const found = object.if_contains(key);
    std::string message = found ? message_in(*found) : std::string{};
    if (message.empty()) continue;
    const json::value* const location = object.if_contains("loc");
    std::string where = location ? joined_location(*location) : std::string{};
    if (where.empty()) return message;
    return where.append(": ").append(message);
  }
  return {};
}

std::string message_of_document(const json::value& document) {
  if (!document.is_object()) return message_in(document);
  for (const char* key : {"error", "detail", "message"})
    if (const json::value* const found = document.get_object().if_contains(key))
      if (std::string message = message_in(*found); !message.empty()) return message;
  return {};
}

struct entity {
  std::string_view name;
  std::string_view text;
};

constexpr std::array entities{entity{"&lt;", "<"},  entity{"&gt;", ">"},   entity{"&quot;", "\""},
                              entity{"&#39;", "'"}, entity{"&apos;", "'"}, entity{"&nbsp;", " "},
                              entity{"&amp;", "&"}};

/// What a browser would show of some HTML: no tags, no comments, nothing of scripts and styles.
std::string visible_text(std::string_view html) {
  std::string text;
  while (!html.empty()) {
    if (html.front() == '<') {
      std::string_view end = ">";
      if (html.starts_with("<!--")) end = "-->";
      if (starts_with_ignoring_case(html, "<script")) end = "</script>";
      if (starts_with_ignoring_case(html, "<style")) end = "</style>";
      const std::size_t at = find_ignoring_case(html, end);
      if (at == std::string_view::npos) break;
      html.remove_prefix(at + end.size());
      text += ' ';
      continue;
    }
    const auto* const known = std::find_if(
        entities.begin(), entities.end(), [html](const entity& candidate) { return html.starts_with(candidate.name); });
    if (known != entities.end()) {
      text += known->text;
      html.remove_prefix(known->name.size());
    } else {
      text += html.front();
      html.remove_prefix(1);
    }
  }
  return text;
}

std::string title_or_visible_text(std::string_view html) {
  const std::size_t open = find_ignoring_case(html, "<title");
  const std::size_t begin = open == std::string_view::npos ? open : html.find('>', open);
  if (begin != std::string_view::npos) {
    const std::string_view rest = html.substr(begin + 1);
    std::string title = visible_text(rest.substr(0, find_ignoring_case(rest, "</title")));
    if (!one_line(title).empty()) return title;
  }
  return visible_text(html);
}

} // namespace

std::string error_message(std::string_view body) {
  json::error_code not_json;
  const json::value document = json::parse(json::string_view{body.data(), body.size()}, not_json);
  if (!not_json)
    if (std::string message = one_line(message_of_document(document)); !message.empty()) return message;
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos && body[start] == '<') {
    if (std::string message = one_line(title_or_visible_text(body)); !message.empty()) return message;
  }
  return one_line(body);
}

} // namespace loadgen::protocol
