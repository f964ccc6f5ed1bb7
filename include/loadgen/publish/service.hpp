#pragma once

#include <filesystem>
#include <string>

namespace loadgen::publish {

/// A server that figures are sent to, over HTTP or HTTPS.
struct service_settings {
  std::string url;               ///< base URL, a path before the service's own included; no user name or password in it
  std::string authorization;     ///< value of the Authorization header, such as "Bearer KEY"; never shown; empty: none
  std::filesystem::path ca_file; ///< PEM certificates to trust for https instead of the system's; empty: the system's
};

/// The value of an Authorization header for a user name and a password (RFC 7617).
[[nodiscard]] std::string basic_authorization(const std::string& user_and_password);

} // namespace loadgen::publish
