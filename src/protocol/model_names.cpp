#include "protocol/stream_reader.hpp"

#include <boost/json.hpp>

namespace loadgen::protocol {

namespace json = boost::json;

std::vector<std::string> model_names(std::string_view body) {
  json::error_code not_json;
  const json::value document = json::parse(json::string_view{body.data(), body.size()}, not_json);
  const json::object* const root = not_json ? nullptr : document.if_object();
  const json::value* const data = root ? root->if_contains("data") : nullptr;
  const json::array* const models = data ? data->if_array() : nullptr;
  if (!models) return {};
  std::vector<std::string> names;
  for (const json::value& model : *models) {
    const json::object* const fields = model.if_object();
    const json::value* const id = fields ? fields->if_contains("id") : nullptr;
    if (id && id->is_string() && !id->get_string().empty()) names.emplace_back(id->get_string());
  }
  return names;
}

} // namespace loadgen::protocol
