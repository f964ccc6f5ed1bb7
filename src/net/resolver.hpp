#pragma once

#include <loadgen/base/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace loadgen::net {

/// The addresses of one server, in the order in which they are tried.
using address_list = std::vector<boost::asio::ip::tcp::endpoint>;

/// Looks `host` up, once: a name, an IPv4 or an IPv6 address without brackets. Blocks. Errors: unreachable, in the
/// resolver's own words.
[[nodiscard]] result<address_list> resolve(const std::string& host, std::uint16_t port);

} // namespace loadgen::net
