#pragma once

#include <loadgen/base/endpoint.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace loadgen::workload {

/// Where an endpoint's request bodies have what this project puts into them.
struct body_layout {
  endpoint_kind endpoint;
  std::string_view content;    ///< the prompt or the messages
  std::string_view options;    ///< the object with the settings of the generation; "": the body itself
  std::string_view max_tokens; ///< in the options
  std::string_view ignore_eos; ///< the same; "": it has no such setting
  bool has_stream_flag;        ///< false: its path says whether it streams
  bool has_stream_options;     ///< asks for usage by them; the others tell it unasked
};

/// That of an endpoint.
[[nodiscard]] const body_layout& layout_of(endpoint_kind endpoint);

/// The object with the settings of the generation, made where it is not there.
[[nodiscard]] boost::json::object& options_of(boost::json::object& body, const body_layout& layout);

/// The body's output budget; null where it has none.
[[nodiscard]] const boost::json::value* find_max_tokens(const boost::json::object& body, const body_layout& layout);

} // namespace loadgen::workload
