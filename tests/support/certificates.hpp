#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace loadgen::test {

/// Files of one certificate and its key, both PEM.
struct certificate_files {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// A certificate authority made for one test, with the certificates it issues, in a folder of its own.
class certificate_authority {
public:
  certificate_authority();
  ~certificate_authority();

  /// Its own certificate: what a client that is to trust it is given.
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

  /// What a certificate says.
  struct subject {
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1"; ///< as OpenSSL writes a subjectAltName
    int first_day = -1;                                      ///< valid from so many days from now
    int last_day = 1;
  };

  /// Issues a certificate; `name` is that of its files.
  [[nodiscard]] certificate_files issue(const std::string& name, const subject& of) const;

  /// One that is valid for localhost and its addresses.
  [[nodiscard]] certificate_files issue_for_localhost() const { return issue("localhost", subject{}); }

private:
  struct identity;

  temporary_folder folder_;
  std::unique_ptr<identity> own_;
  std::filesystem::path file_;
};

/// Which versions a test's own TLS server speaks; 0: any that OpenSSL does.
struct tls_versions {
  int least = 0;
  int most = 0;
};

/// A server's side of TLS straight from OpenSSL, so that the library is not tested against itself.
[[nodiscard]] std::shared_ptr<ssl_ctx_st> make_server_tls(const certificate_files& of, tls_versions versions);

} // namespace loadgen::test
