#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

/// A server whose true times are known, to hold a client's figures against.
namespace loadgen::serve {

/// How the gaps between tokens are drawn: one for each token after the first, all with the mean `itl`.
enum class gap_distribution : std::uint8_t {
  constant,   ///< every gap is the mean
  normal,     ///< a draw below zero counts as zero, which raises the mean where cv is large
  lognormal,  ///< never below zero, now and then far above the mean
  exponential ///< as in a Poisson process: its coefficient of variation is 1, whatever is set
};

/// What the reference server does. Defaults are those of `loadgen serve`.
struct server_settings {
  std::string bind = "127.0.0.1";  ///< IPv4 or IPv6 address to listen on, not a name; "0.0.0.0" or "::": all of them
  std::uint16_t port = 8000;       ///< 0: a free one; port() tells which
  std::string model = "reference"; ///< in /v1/models, and in answers to requests that name none; not empty
  /// From the request's slot, which is its arrival (kernel stamp) where it does not wait for one, to the first token's
  /// write; 0 to 1 h.
  duration ttft = std::chrono::milliseconds{50};
  /// Mean gap between tokens, 0 to 1 h; zero: as fast as they can be written, whatever the distribution.
  duration itl = std::chrono::milliseconds{10};
  gap_distribution itl_distribution = gap_distribution::constant; ///< with itl_cv, how gaps vary around `itl`
  double itl_cv = 0.5;                ///< coefficient of variation of normal and lognormal gaps, 0 to 10
  std::uint32_t tokens = 100;         ///< of an answer, 1 to 1,000,000; a request's max_tokens overrides it
  std::uint32_t tokens_per_chunk = 1; ///< of a stream's content events, 1 to 1,000; the last one may hold fewer
  bool role_chunk = true;             ///< chat: a role-only chunk before the first token
  std::uint32_t slots = 0;            ///< requests served at once, the rest queue in order; 0: no limit
  std::filesystem::path truth{};      ///< truth file (docs/truth-format.md); empty: none
  bool truth_body_hash = true;        ///< the SHA-256 of each request's body goes into the truth file
  /// The numbers of an answer's tokens begin at one that is derived from its prompt or messages, and not at 0: answers
  /// to different requests differ, and the same request is always answered alike.
  bool distinct_answers = false;
  std::filesystem::path
      transcript{};       ///< every completion request's body and answer (docs/truth-format.md); empty: none
  std::uint64_t seed = 1; ///< of the drawn gaps
  std::filesystem::path tls_certificate{}; ///< PEM, the issuers behind it; with tls_key: https; empty: http
  std::filesystem::path tls_key{};         ///< PEM, without a passphrase
};

/// The reference server: paced OpenAI-compatible streams whose true times are known (docs/reference-server.md). One
/// thread, one epoll, a heap of due times.
///
/// Thread-safety: stop() may be called from any thread and from a signal handler; all else from one thread.
class reference_server {
public:
  /// Binds and listens: clients can connect from now on, and are served by run(). Raises the process's soft limit on
  /// descriptors to its hard one. Errors: invalid_input for a setting out of range and for a certificate or
  /// key that is of no use or without the other, io for a truth file or a transcript that cannot be
  /// created, resource_limit where the address cannot be bound.
  [[nodiscard]] static result<reference_server> create(server_settings settings);

  /// Not while run() is under way. What was moved from may only be destroyed or assigned to.
  reference_server(reference_server&&) noexcept;
  /// The same; what this server was is closed as by its destructor.
  reference_server& operator=(reference_server&&) noexcept;
  /// Closes the listening socket. Not while run() is under way.
  ~reference_server();

  /// Where it listens, from create() on: settings.port, or the free one that was taken for 0.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Serves until stop(), then drops what is in flight. Truth file and transcript are whole when it returns. Errors: io
  /// where one of them could not be written.
  result<void> run();

  /// Makes run(), now or when it is next called, return.
  void stop() noexcept;

private:
  struct state;
  explicit reference_server(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

} // namespace loadgen::serve
