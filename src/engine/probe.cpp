#include "client/http_get.hpp"
#include "engine/servers.hpp"

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

result<probe_result> probe(const client_settings& settings, bool list_models) {
  probe_result found;
  const duration limit = settings.connect_timeout > duration::zero() ? settings.connect_timeout : unlimited_connect;
  for (const target& where : settings.targets) {
    const bool ask = list_models && found.targets.empty();
    const auto addresses = addresses_of(where);
    if (addresses.has_error()) return addresses.error();
    const client::header_list headers = request_headers(settings);
    const auto opened = client::http_get(*addresses, {}, where.authority, headers, limit);
    if (opened.has_error()) return cannot_connect(where, opened.error());
    if (ask) {
      const auto models = client::list_models(*addresses, where.prefix, where.authority, headers, models_limit);
      if (models) found.models = *models; // a server need not have the list: then the user names the model
    }
    found.targets.push_back(where);
    found.targets.back().addresses.clear();
    for (const auto& address : *addresses) found.targets.back().addresses.push_back(address.address().to_string());
  }
  return found;
}

} // namespace loadgen::engine
