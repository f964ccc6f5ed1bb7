#include "server_input.hpp"

#include "request_headers.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace loadgen::cli {

server_input read_server(const settings& from, const environment& variables, value_reader& read) {
  server_input server;
  if (from.at("url").is_set()) {
    const auto target = engine::parse_target(from.text("url"));
    if (target.has_error())
      read.fail("url", target.error());
    else
      server.client.targets.push_back(*target);
  }
  server.client.headers = read_headers(from, read);
  server.client.api_key = read_secret(from, variables, {"api-key-env", "api-key-file"}, read);
  server.client.ca_file = from.text("ca-file");
  server.client.insecure = from.is_on("insecure");
  server.requests.model = from.text("model");
  if (!from.at("extra-body").is_set()) return server;
  boost::json::error_code failure;
  const boost::json::value body = boost::json::parse(boost::json::string_view{from.text("extra-body")}, failure);
  if (failure || !body.is_object())
    read.fail("extra-body", fmt::format("'{}' is not a JSON object; expected one such as '{{\"top_p\":0.9}}'",
                                        from.text("extra-body")));
  else
    server.requests.extra_body = body.get_object();
  return server;
}

result<void> meet(server_input& server) {
  const bool wants_model = server.requests.model.empty();
  auto found = engine::probe(server.client, wants_model);
  if (found.has_error()) return found.error();
  server.client.targets = std::move(found->targets);
  if (!wants_model) return {};
  if (found->models.empty())
    return invalid_input("--model: GET /v1/models of the server names none; expected the name of a model");
  server.requests.model = found->models.front();
  return {};
}

} // namespace loadgen::cli
