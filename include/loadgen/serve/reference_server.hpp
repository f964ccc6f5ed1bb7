#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace loadgen::serve {

/// How the gaps between tokens are drawn.
enum class gap_distribution : std::uint8_t { constant, normal, lognormal, exponential };

/// What the reference server does. Defaults are those of `loadgen serve`.
struct server_settings {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 8000;       ///< 0: a free one; port() tells which
  std::string model = "reference"; ///< the name in /v1/models and in chunks
  duration ttft =
      std::chrono::milliseconds{50}; ///< from the request's arrival (kernel stamp) to the first token's write
  duration itl = std::chrono::milliseconds{10}; ///< mean gap between tokens; zero: as fast as they can be written
  gap_distribution itl_distribution = gap_distribution::constant;
  double itl_cv = 0.5;        ///< coefficient of variation of normal and lognormal gaps
  std::uint32_t tokens = 100; ///< a request's max_tokens overrides it
  std::uint32_t tokens_per_chunk = 1;
  bool role_chunk = true;                  ///< chat: a role-only chunk before the first token
  std::uint32_t slots = 0;                 ///< requests served at once, the rest queue in order; 0: no limit
  std::filesystem::path truth{};           ///< truth file (docs/truth-format.md); empty: none
  bool truth_body_hash = true;             ///< the SHA-256 of each request's body goes into the truth file
  std::uint64_t seed = 1;                  ///< of the drawn gaps
  std::filesystem::path tls_certificate{}; ///< PEM, the issuers behind it; with tls_key: https; empty: http
  std::filesystem::path tls_key{};         ///< PEM, without a passphrase
};

/// The reference server: paced OpenAI-compatible streams whose true times are known (docs/reference-server.md). One
/// thread, one epoll, a heap of due times.
///
/// Thread-safety: stop() may be called from any thread and from a signal handler; all else from one thread.
class reference_server {
public:
  /// Binds and listens. Errors: invalid_input for a setting out of range and for a certificate or key that is of no use
  /// or without the other, io for a truth file that cannot be created,
  /// resource_limit where the address cannot be bound.
  [[nodiscard]] static result<reference_server> create(server_settings settings);

  reference_server(reference_server&&) noexcept;
  reference_server& operator=(reference_server&&) noexcept;
  ~reference_server();

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Serves until stop(), then drops what is in flight. The truth file is whole when it returns. Errors: io where that
  /// file could not be written.
  result<void> run();

  /// Makes run(), now or when it is next called, return.
  void stop() noexcept;

private:
  struct state;
  explicit reference_server(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

} // namespace loadgen::serve
