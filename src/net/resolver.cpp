#include "net/resolver.hpp"

#include <boost/asio/io_context.hpp>

namespace loadgen::net {

namespace asio = boost::asio;

result<address_list> resolve(const std::string& host, std::uint16_t port) {
  asio::io_context context{1};
  asio::ip::tcp::resolver resolver{context};
  boost::system::error_code failure;
  const auto found = resolver.resolve(host, std::to_string(port), asio::ip::tcp::resolver::numeric_service, failure);
  if (failure) return error{errc::unreachable, "cannot resolve '" + host + "': " + failure.message()};
  address_list addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint());
  return addresses;
}

} // namespace loadgen::net
