#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace loadgen::test {

namespace fs = std::filesystem;

namespace {

template<auto release>
struct freeing {
  void operator()(auto* object) const noexcept { release(object); }
};

using key_pointer = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freeing<X509_free>>;
using file_pointer = std::unique_ptr<std::FILE, freeing<std::fclose>>;

void check(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string{"OpenSSL cannot make a test's "} + what);
}

void add_extension(X509* to, X509* issuer, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION_free>> made{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  check(made && X509_add_ext(to, made.get(), -1) == 1, "certificate extension");
}

long next_serial() {
  static long last = 0;
  return ++last;
}

certificate_pointer new_certificate(const std::string& common_name, EVP_PKEY* key, int first_day, int last_day) {
  constexpr long day = 24 * 60 * 60;
  certificate_pointer made{X509_new()};
  check(made != nullptr, "certificate");
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), next_serial());
  X509_gmtime_adj(X509_getm_notBefore(made.get()), first_day * day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), last_day * day);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return made;
}

file_pointer create(const fs::path& file) {
  file_pointer opened{std::fopen(file.c_str(), "wb")};
  check(opened != nullptr, "file");
  return opened;
}

void write(const fs::path& file, X509* certificate) {
  check(PEM_write_X509(create(file).get(), certificate) == 1, "certificate file");
}

void write(const fs::path& file, EVP_PKEY* key) {
  check(PEM_write_PrivateKey(create(file).get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "key file");
}

} // namespace

struct certificate_authority::identity {
  key_pointer key{EVP_EC_gen("P-256")};
  // Each has a name of its own: two of the same name would be taken for one with a wrong signature.
  certificate_pointer certificate{new_certificate("test authority " + std::to_string(next_serial()), key.get(), -1, 1)};
};

certificate_authority::certificate_authority()
    : own_(std::make_unique<identity>()),
      file_(folder_.path() / "authority.pem") {
  X509* const own = own_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(own, own, NID_subject_key_identifier, "hash");
  check(X509_sign(own, own_->key.get(), EVP_sha256()) > 0, "signature");
  write(file_, own);
}

certificate_authority::~certificate_authority() = default;

certificate_files certificate_authority::issue(const std::string& name, const subject& of) const {
  const key_pointer key{EVP_EC_gen("P-256")};
  const certificate_pointer made = new_certificate(name, key.get(), of.first_day, of.last_day);
  X509* const issuer = own_->certificate.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
  add_extension(made.get(), issuer, NID_subject_alt_name, of.names.c_str());
  check(X509_sign(made.get(), own_->key.get(), EVP_sha256()) > 0, "signature");
  const certificate_files files{folder_.path() / (name + ".pem"), folder_.path() / (name + ".key")};
  write(files.certificate, made.get());
  write(files.key, key.get());
  return files;
}

std::shared_ptr<ssl_ctx_st> make_server_tls(const certificate_files& of, tls_versions versions) {
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  check(context != nullptr, "context");
  std::signal(SIGPIPE, SIG_IGN);                // OpenSSL writes to a socket that the client has closed as to a pipe
  SSL_CTX_set_security_level(context.get(), 0); // or the versions before 1.2 are never spoken
  SSL_CTX_set_min_proto_version(context.get(), versions.least);
  SSL_CTX_set_max_proto_version(context.get(), versions.most);
  check(SSL_CTX_use_certificate_file(context.get(), of.certificate.c_str(), SSL_FILETYPE_PEM) == 1 &&
            SSL_CTX_use_PrivateKey_file(context.get(), of.key.c_str(), SSL_FILETYPE_PEM) == 1,
        "server");
  return context;
}

} // namespace loadgen::test
