#include "client/http_service.hpp"

#include "http/request_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace loadgen::client {

result<http_service> http_service::create(base_url where, settings chosen) {
  http::request any;
  any.host = where.authority;
  any.headers = chosen.headers;
  if (const auto written = http::write_request(any); written.has_error()) return written.error();
  std::shared_ptr<const net::tls_client_context> tls;
  if (where.tls) {
    auto made = net::tls_client_context::make(where.host, {chosen.ca_file, false});
    if (made.has_error()) return made.error();
    tls = std::move(*made);
  }
  while (where.path.ends_with('/')) where.path.pop_back();
  return http_service{std::move(where), std::move(chosen), std::move(tls)};
}

http_service::http_service(base_url where, settings chosen, std::shared_ptr<const net::tls_client_context> tls)
    : where_(std::move(where)),
      settings_(std::move(chosen)),
      tls_(std::move(tls)) {}

result<http_reply> http_service::ask(const http_question& question) const {
  const auto addresses = net::resolve(where_.host, where_.port);
  if (addresses.has_error()) return addresses.error();
  const std::string path = where_.path + std::string{question.path};
  http_question asked = question;
  asked.path = path;
  const http_server server{*addresses, tls_.get(), where_.authority, settings_.headers};
  auto contact = http_ask(server, asked, settings_.connect_limit, settings_.answer_limit);
  if (contact.has_error()) return contact.error();
  return std::move(contact->reply);
}

std::string http_service::url() const {
  return fmt::format("{}://{}{}", where_.tls ? "https" : "http", where_.authority, where_.path);
}

} // namespace loadgen::client
