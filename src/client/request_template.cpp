#include "client/request_template.hpp"

#include "http/request_writer.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace loadgen::client {

namespace {

http::request post(const std::string& path, const std::string& host, const header_list& headers,
                   std::string_view body) {
  http::request what;
  what.target = path;
  what.host = host;
  what.headers = headers;
  what.body = body;
  return what;
}

bool asks_to_close(const http::header_field& field) {
  return boost::algorithm::iequals(field.first, "connection") && boost::algorithm::iequals(field.second, "close");
}

} // namespace

request_template::request_template(std::string path, std::string host, header_list headers)
    : path_(std::move(path)),
      host_(std::move(host)),
      headers_(std::move(headers)),
      closes_connection_(std::any_of(headers_.begin(), headers_.end(), asks_to_close)) {}

result<request_template> request_template::make(std::string path, std::string host, header_list headers) {
  const auto written = http::write_request(post(path, host, headers, {}));
  if (written.has_error()) return written.error();
  return request_template{std::move(path), std::move(host), std::move(headers)};
}

std::string request_template::bytes(std::string_view body) const {
  return http::write_request(post(path_, host_, headers_, body)).value(); // make() has seen that it can be written
}

} // namespace loadgen::client
