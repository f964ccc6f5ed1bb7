#pragma once

#include <boost/json/basic_parser_impl.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace loadgen::protocol {

/// What handlers of Boost.JSON's parser have in common that note a few values of a document, and build nothing: no
/// limits, and events that tell them nothing. A handler hides what it has a use for.
struct scan_handler {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(boost::system::error_code&) { return true; }

  bool on_document_end(boost::system::error_code&) { return true; }

  bool on_number_part(boost::json::string_view, boost::system::error_code&) { return true; }

  bool on_comment_part(boost::json::string_view, boost::system::error_code&) { return true; }

  bool on_comment(boost::json::string_view, boost::system::error_code&) { return true; }
};

/// Has the handler, whose begin() makes it as new, see all of `text`. It is as new again where `text` is not JSON, or
/// more than one value.
template<class Handler>
boost::system::error_code scan(boost::json::basic_parser<Handler>& parser, std::string_view text) {
  parser.reset();
  parser.handler().begin();
  boost::system::error_code failure;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && read < text.size()) failure = boost::json::make_error_code(boost::json::error::extra_data);
  if (failure) parser.handler().begin();
  return failure;
}

/// A JSON number as a count; unset: it is none.
inline std::optional<std::uint32_t> count_of(double value) noexcept {
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max() || value != std::floor(value)) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

} // namespace loadgen::protocol
