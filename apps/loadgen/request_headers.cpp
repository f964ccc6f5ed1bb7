#include "request_headers.hpp"

#include "files.hpp"
#include "secrets.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::cli {

namespace {

constexpr std::array<std::string_view, 6> framing_headers{"Host",       "Content-Length", "Transfer-Encoding",
                                                          "Connection", "Content-Type",   "Accept-Encoding"};

bool is_name_character(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

bool is_visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= ' ' && byte != 0x7F) || c == '\t';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_visible);
}

std::string checked_secret(const settings& from, std::string_view option, std::string key, value_reader& read) {
  boost::algorithm::trim(key);
  if (key.empty()) read.fail(option, fmt::format("there is no key in '{}'", from.text(option)));
  if (!is_value(key)) read.fail(option, "the key has characters that a header cannot carry; expected one line of text");
  return key;
}

} // namespace

std::vector<std::pair<std::string, std::string>> read_headers(const settings& from, value_reader& read) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const std::string& header : from.at("header").values) {
    const std::size_t colon = header.find(':');
    const std::string name = header.substr(0, colon);
    std::string value = colon == std::string::npos ? std::string{} : header.substr(colon + 1);
    boost::algorithm::trim(value);
    const bool framing = std::any_of(framing_headers.begin(), framing_headers.end(),
                                     [&](std::string_view own) { return boost::algorithm::iequals(own, name); });
    if (colon == std::string::npos || !is_name(name) || !is_value(value))
      read.fail("header", fmt::format("'{}' is not a header; expected 'Name: value'", shown_header(header)));
    else if (framing)
      read.fail("header", fmt::format("{} is set by the client itself; expected another header", name));
    else
      headers.emplace_back(name, std::move(value));
  }
  return headers;
}

std::string read_secret(const settings& from, const environment& variables, const secret_options& options,
                        value_reader& read) {
  const setting& variable = from.at(options.variable);
  const setting& file = from.at(options.file);
  if (!variable.is_set() && !file.is_set()) return {};
  if (variable.is_set() && file.is_set() && variable.from == file.from) {
    read.fail(options.file, fmt::format("excludes {}; expected one of them", options.variable));
    return {};
  }
  const bool from_file = !variable.is_set() || (file.is_set() && file.from > variable.from);
  if (from_file) return read_secret_file(from, options.file, read);
  return checked_secret(from, options.variable, variables(std::string{from.text(options.variable)}).value_or(""), read);
}

std::string read_secret_file(const settings& from, std::string_view option, value_reader& read) {
  if (!from.at(option).is_set()) return {};
  auto text = read_text_file(std::string{from.text(option)});
  if (text.has_value()) return checked_secret(from, option, std::move(*text), read);
  read.fail(option, text.error());
  return {};
}

} // namespace loadgen::cli
