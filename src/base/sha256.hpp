#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace loadgen {

/// SHA-256 over bytes fed piece by piece.
class sha256 {
public:
  sha256();

  void update(std::string_view bytes);

  /// The digest of all that was fed, as 64 lower-case hexadecimal digits. Ends the use of this object.
  [[nodiscard]] std::string hex_digest();

private:
  struct free_context {
    void operator()(void* context) const noexcept;
  };

  std::unique_ptr<void, free_context> context_; // OpenSSL's EVP_MD_CTX, kept out of this header
};

/// The digest of `bytes`, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace loadgen
