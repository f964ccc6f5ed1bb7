#pragma once

#include <loadgen/publish/metric_family.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace loadgen::publish {

/// A port that answers scrapes for as long as it lives; its destructor waits for answers under way.
class metrics_server {
public:
  virtual ~metrics_server() = default;

  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

using metrics_source = std::function<std::vector<metric_family>()>;

/// What the plug-in gives: the one thing that is linked with prometheus-cpp, whose libraries would delay the start of
/// every program that never opens a port (docs/adr/0016-the-metrics-port-is-a-plug-in.md).
struct metrics_plugin {
  const char* version; ///< of the project: another one's types may differ

  /// Listens on 127.0.0.1, and asks `collect` at each scrape, from several threads at once. Null where it cannot.
  std::unique_ptr<metrics_server> (*open)(std::uint16_t port, metrics_source collect);
};

/// The plug-in's file and the name of the metrics_plugin in it.
inline constexpr const char* metrics_plugin_file = "loadgen-metrics-port.so";
inline constexpr const char* metrics_plugin_symbol = "loadgen_metrics_plugin";

} // namespace loadgen::publish
