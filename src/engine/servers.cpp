#include "engine/servers.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace loadgen::engine {

namespace asio = boost::asio;

result<net::address_list> addresses_of(const target& where) {
  if (where.addresses.empty()) return net::resolve(where.host, where.port);
  net::address_list addresses;
  for (const std::string& text : where.addresses) {
    boost::system::error_code failure;
    const auto address = asio::ip::make_address(text, failure);
    if (failure) return invalid_input("'" + text + "' is not an IP address");
    addresses.emplace_back(address, where.port);
  }
  return addresses;
}

result<std::shared_ptr<const net::tls_client_context>> tls_of(const target& where, const client_settings& settings) {
  if (!where.tls) return nullptr;
  return net::tls_client_context::make(where.host, {settings.ca_file, settings.insecure});
}

client::header_list request_headers(const client_settings& settings, answer_form asked) {
  client::header_list headers{{"Content-Type", "application/json"},
                              {"Accept", asked.stream ? "text/event-stream" : "application/json"}};
  if (settings.fresh_connections) headers.emplace_back("Connection", "close");
  headers.insert(headers.end(), settings.headers.begin(), settings.headers.end());
  if (!settings.api_key.empty()) headers.emplace_back("Authorization", "Bearer " + settings.api_key);
  return headers;
}

result<std::vector<client::request_template>> make_forms(const client_settings& settings, answer_form asked) {
  std::vector<client::request_template> forms;
  for (const target& where : settings.targets) {
    auto form = client::request_template::make(where.path(asked), where.authority, request_headers(settings, asked));
    if (form.has_error()) return form.error();
    forms.push_back(std::move(*form));
  }
  return forms;
}

result<std::vector<client::request_template>> make_shown_forms(const client_settings& settings, answer_form asked) {
  client_settings shown = settings;
  if (!shown.api_key.empty()) shown.api_key = "(hidden)";
  return make_forms(shown, asked);
}

result<std::vector<server>> make_servers(const client_settings& settings, answer_form asked, bool shown) {
  auto forms = make_forms(settings, asked);
  if (forms.has_error()) return forms.error();
  std::vector<server> servers;
  for (std::size_t i = 0; i < forms->size(); ++i) {
    auto addresses = addresses_of(settings.targets[i]);
    if (addresses.has_error()) return addresses.error();
    auto tls = tls_of(settings.targets[i], settings);
    if (tls.has_error()) return tls.error();
    servers.push_back({std::move(*addresses), std::move((*forms)[i]), std::move(*tls)});
  }
  if (!shown) return servers;
  auto shown_forms = make_shown_forms(settings, asked);
  if (shown_forms.has_error()) return shown_forms.error();
  for (std::size_t i = 0; i < servers.size(); ++i) servers[i].shown_form = std::move((*shown_forms)[i]);
  return servers;
}

} // namespace loadgen::engine
