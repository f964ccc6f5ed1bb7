#pragma once

#include "publish_input.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/engine/live_statistics.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/engine/run_observer.hpp>
#include <loadgen/publish/level_watch.hpp>
#include <loadgen/publish/metrics_port.hpp>
#include <loadgen/publish/pushgateway.hpp>
#include <loadgen/publish/run_metrics.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::cli {

/// Tells Prometheus and a Pushgateway of a run while it goes. Does nothing where neither was asked for.
class run_publisher final : private engine::run_observer {
public:
  /// Opens the port, and speaks to nobody. Errors: invalid_input for a port that cannot be had and a URL that is none.
  [[nodiscard]] static result<std::unique_ptr<run_publisher>> prepare(const publish_input& asked);

  run_publisher(const run_publisher&) = delete;
  run_publisher& operator=(const run_publisher&) = delete;
  ~run_publisher() override;

  /// The port that is open, where one is.
  [[nodiscard]] std::optional<std::uint16_t> metrics_port() const;

  /// The run as it stands, once attach() was called.
  [[nodiscard]] const engine::live_statistics& live() const noexcept { return live_; }

  /// Has the run that `settings` are of tell it how it goes. It must live until that has ended.
  void attach(engine::run_settings& settings, publish::run_labels run, const std::filesystem::path& run_folder);

  /// The run has ended and its files are written: waits, with limits, until what is left has been pushed and, where
  /// that was asked for, for a last scrape, which it says on standard error unless `quiet`. Gives what to warn of, a
  /// line each.
  [[nodiscard]] std::vector<std::string> finish(bool complete, bool quiet);

private:
  /// A level and trial that could not be pushed.
  struct failed_push {
    std::string level, message;
  };

  explicit run_publisher(duration linger);

  void on_level_begin(const metrics::level_info& level) override;
  void on_record(const metrics::request_record& record) override;
  void on_level_end(const metrics::level_end& end) override;
  void take_figures(const result<metrics::level_summary>& level);
  [[nodiscard]] publish::live_state live_state() const;
  [[nodiscard]] std::optional<std::string> note_pushes(std::size_t not_begun) const;

  duration linger_;
  std::optional<publish::pushgateway> gateway_;
  publish::run_labels run_;
  std::filesystem::path run_folder_;
  engine::live_statistics live_;
  std::unique_ptr<publish::run_metrics> metrics_;
  std::size_t pushed_ = 0; // by the watch's thread until it has finished, as the next
  std::vector<failed_push> not_pushed_;
  std::optional<publish::metrics_port> port_;   // its threads ask for the above
  std::unique_ptr<publish::level_watch> watch_; // its thread tells the above
};

} // namespace loadgen::cli
