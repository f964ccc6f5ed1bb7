#include "engine/descriptor_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/resource.h>

namespace loadgen::engine {

namespace {

constexpr rlim_t other_files = 64; // records, epolls, event descriptors, the standard streams

} // namespace

result<void> allow_connections(std::uint64_t connections) {
  const rlim_t needed = static_cast<rlim_t>(connections) + other_files;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur >= needed) return {};
  rlimit raised{needed, std::max(limit.rlim_max, needed)}; // the hard limit can be raised by root
  if (limit.rlim_max >= needed) raised.rlim_max = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return {};
  return error{
      errc::resource_limit,
      fmt::format("{} connections need {} file descriptors and the limit is {}: {}; raise it with 'ulimit -n {}' "
                  "as root, or in /etc/security/limits.conf",
                  connections, needed, limit.rlim_max, std::strerror(errno), needed)};
}

} // namespace loadgen::engine
