#include "client/http_get.hpp"
#include "engine/servers.hpp"

#include <loadgen/engine/run.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::engine {

namespace {

using namespace std::chrono_literals;

constexpr duration unlimited_connect = 75s; // where the user sets no limit: about what TCP itself takes to give up
constexpr duration models_limit = 10s;

error cannot_connect(const target& where, const net::connect_result& refused) {
  const bool distrusted = refused.stage == net::connect_stage::certificate;
  return error{errc::unreachable,
               fmt::format("cannot connect to {} (port {}): {}{}", where.host, where.port, refused.message,
                           distrusted ? "; expected --ca-file with the one who issued it, or --insecure" : "")};
}

// Later connections go to the one that accepted at once, even where others before it are dead.
std::vector<std::string> with_first(net::address_list addresses, const boost::asio::ip::tcp::endpoint& accepted) {
  const auto found = std::find(addresses.begin(), addresses.end(), accepted);
  if (found != addresses.end()) std::rotate(addresses.begin(), found, found + 1);
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(address.address().to_string());
  return texts;
}

/// A server before anything has been sent to it.
struct contacted_server {
  net::address_list addresses;
  std::shared_ptr<const net::tls_client_context> tls;
};

result<contacted_server> look_up(const target& where, const client_settings& settings) {
  auto tls = tls_of(where, settings);
  if (tls.has_error()) return tls.error();
  auto addresses = addresses_of(where);
  if (addresses.has_error()) return addresses.error();
  return contacted_server{std::move(*addresses), std::move(*tls)};
}

duration connect_limit_of(const client_settings& settings) {
  return settings.connect_timeout > duration::zero() ? settings.connect_timeout : unlimited_connect;
}

} // namespace

result<found_endpoint> find_endpoint(const client_settings& settings) {
  const target& where = settings.targets.front();
  const auto contacted = look_up(where, settings);
  if (contacted.has_error()) return contacted.error();
  const client::header_list headers = request_headers(settings);
  const client::http_server server{contacted->addresses, contacted->tls.get(), where.authority, headers};
  for (const std::string_view page : client::endpoint_pages()) {
    const auto contact =
        client::http_get(server, where.prefix + std::string{page}, connect_limit_of(settings), models_limit);
    if (contact.has_error()) return contact.error();
    if (contact->connected.failure) return cannot_connect(where, contact->connected);
    if (const auto told = client::endpoint_in(page, contact->reply)) return found_endpoint{*told, std::string{page}};
  }
  return invalid_input(
      fmt::format("none of GET {} told what the server speaks; expected one of them, or the endpoint's "
                  "name",
                  fmt::join(client::endpoint_pages(), ", ")));
}

result<probe_result> probe(const client_settings& settings, bool list_models) {
  probe_result found;
  const duration connect_limit = connect_limit_of(settings);
  const client::header_list headers = request_headers(settings);
  std::vector<std::shared_ptr<const net::tls_client_context>> contexts;
  for (const target& where : settings.targets) { // before anyone is spoken to
    auto made = tls_of(where, settings);
    if (made.has_error()) return made.error();
    contexts.push_back(std::move(*made));
  }
  for (const target& where : settings.targets) {
    const bool ask = list_models && found.targets.empty();
    const net::tls_client_context* const tls = contexts[found.targets.size()].get();
    const auto addresses = addresses_of(where);
    if (addresses.has_error()) return addresses.error();
    const client::http_server server{*addresses, tls, where.authority, headers};
    const auto contact = client::http_get(server, ask ? where.prefix + "/v1/models" : "", connect_limit, models_limit);
    if (contact.has_error()) return contact.error();
    if (contact->connected.failure) return cannot_connect(where, contact->connected);
    if (ask) found.models = client::models_in(contact->reply);
    found.targets.push_back(where);
    found.targets.back().addresses = with_first(*addresses, contact->connected.address);
  }
  return found;
}

} // namespace loadgen::engine
