#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/publish/metric_family.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace loadgen::publish {

/// A port on 127.0.0.1 that Prometheus can scrape: GET /metrics. Threads of its own answer (prometheus-cpp's), and
/// sleep while nobody asks.
///
/// Thread-safety: all members from any thread. Lifetime: the destructor waits for answers under way.
class metrics_port {
public:
  /// Draws up what a scrape is answered with. Called by the port's threads, at any time and several at once.
  using source = std::function<std::vector<metric_family>()>;

  /// Whether the plug-in that answers scrapes is there: without it open() only fails. It is built where prometheus-cpp
  /// is, and looked for beside the program, in ../lib/loadgen from there, and where the library is installed.
  [[nodiscard]] static bool is_available();

  /// Opens `port`, or a free one where it is 0; until show() is called, scrapes are answered with nothing. Errors:
  /// invalid_input where the port cannot be had, and where is_available() is false.
  [[nodiscard]] static result<metrics_port> open(std::uint16_t port);

  /// What was moved from may only be destroyed or assigned to.
  metrics_port(metrics_port&&) noexcept;
  /// Closes the port it had.
  metrics_port& operator=(metrics_port&&) noexcept;
  ~metrics_port();

  /// The port that is open.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Answers scrapes with what `from` gives, from now on.
  void show(source from);

  /// Waits until a scrape that began after this call has drawn up its answer, for at most `limit`; whether one has.
  [[nodiscard]] bool wait_for_scrape(duration limit) const;

private:
  struct state;
  explicit metrics_port(std::unique_ptr<state> made) noexcept;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::publish
