#include "workload/body_layout.hpp"

#include <algorithm>
#include <array>

namespace loadgen::workload {

namespace {

constexpr std::array layouts{
    body_layout{endpoint_kind::chat, "messages", "", "max_tokens", "ignore_eos", true, true},
    body_layout{endpoint_kind::completions, "prompt", "", "max_tokens", "ignore_eos", true, true},
    body_layout{endpoint_kind::responses, "input", "", "max_output_tokens", "", true, false},
    body_layout{endpoint_kind::llamacpp, "prompt", "", "n_predict", "ignore_eos", true, false},
    body_layout{endpoint_kind::tgi, "inputs", "parameters", "max_new_tokens", "", false, false},
    body_layout{endpoint_kind::sglang, "text", "sampling_params", "max_new_tokens", "ignore_eos", true, false},
    body_layout{endpoint_kind::generate, "prompt", "", "max_tokens", "", false, false},
};

} // namespace

const body_layout& layout_of(endpoint_kind endpoint) {
  return *std::find_if(layouts.begin(), layouts.end(),
                       [endpoint](const body_layout& layout) { return layout.endpoint == endpoint; });
}

boost::json::object& options_of(boost::json::object& body, const body_layout& layout) {
  if (layout.options.empty()) return body;
  boost::json::value& options = body[layout.options];
  return options.is_object() ? options.get_object() : options.emplace_object();
}

const boost::json::value* find_max_tokens(const boost::json::object& body, const body_layout& layout) {
  if (layout.options.empty()) return body.if_contains(layout.max_tokens);
  const boost::json::value* const options = body.if_contains(layout.options);
  const boost::json::object* const members = options != nullptr ? options->if_object() : nullptr;
  return members != nullptr ? members->if_contains(layout.max_tokens) : nullptr;
}

} // namespace loadgen::workload
