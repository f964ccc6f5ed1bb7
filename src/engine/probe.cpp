#include "client/http_get.hpp"
#include "engine/servers.hpp"
#include "protocol/stream_reader.hpp"

#include <loadgen/engine/run.hpp>

#include <fmt/format.h>

namespace loadgen::engine {

namespace {

using namespace std::chrono_literals;

constexpr duration unlimited_connect = 75s; // where the user sets no limit: about what TCP itself takes to give up
constexpr duration models_limit = 10s;

error cannot_connect(const target& where, const error& why) {
  return error{errc::unreachable,
               fmt::format("cannot connect to {} (port {}): {}", where.host, where.port, why.message)};
}

} // namespace

result<probe_result> probe(const client_settings& client, bool list_models) {
  probe_result found;
  const duration limit = client.connect_timeout > duration::zero() ? client.connect_timeout : unlimited_connect;
  for (const target& where : client.targets) {
    const bool ask = list_models && found.targets.empty();
    const auto addresses = addresses_of(where);
    if (addresses.has_error()) return addresses.error();
    const std::string path = ask ? where.prefix + "/v1/models" : std::string{};
    const auto reply = client::http_get(*addresses, path, where.authority, request_headers(client),
                                        ask ? limit + models_limit : limit);
    if (reply.has_error()) return cannot_connect(where, reply.error());
    if (reply->status == 200) found.models = protocol::model_names(reply->body);
    found.targets.push_back(where);
    found.targets.back().addresses.clear();
    for (const auto& address : *addresses) found.targets.back().addresses.push_back(address.address().to_string());
  }
  return found;
}

} // namespace loadgen::engine
