#include "publish/metrics_plugin.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <netinet/in.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace loadgen::publish {

namespace {

prometheus::MetricType type_of(family_type type) noexcept {
  switch (type) {
  case family_type::counter: return prometheus::MetricType::Counter;
  case family_type::gauge: return prometheus::MetricType::Gauge;
  case family_type::histogram: return prometheus::MetricType::Histogram;
  case family_type::summary: return prometheus::MetricType::Summary;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric converted(const metric_sample& sample, family_type type) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  switch (type) {
  case family_type::counter: metric.counter.value = sample.value; break;
  case family_type::gauge: metric.gauge.value = sample.value; break;
  case family_type::histogram:
    metric.histogram.sample_count = sample.count;
    metric.histogram.sample_sum = sample.sum;
    for (const auto& [bound, count] : sample.buckets) metric.histogram.bucket.push_back({count, bound});
    break;
  case family_type::summary:
    metric.summary.sample_count = sample.count;
    metric.summary.sample_sum = sample.sum;
    for (const auto& [quantile, value] : sample.quantiles) metric.summary.quantile.push_back({quantile, value});
    break;
  }
  return metric;
}

std::vector<prometheus::MetricFamily> converted(const std::vector<metric_family>& families) {
  std::vector<prometheus::MetricFamily> all;
  for (const metric_family& family : families) {
    if (family.samples.empty()) continue;
    prometheus::MetricFamily& one = all.emplace_back();
    one.name = family.name;
    one.help = family.help;
    one.type = type_of(family.type);
    for (const metric_sample& sample : family.samples) one.metric.push_back(converted(sample, family.type));
  }
  return all;
}

/// What prometheus-cpp asks at each scrape.
class collected_metrics final : public prometheus::Collectable {
public:
  explicit collected_metrics(metrics_source collect) : collect_(std::move(collect)) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override { return converted(collect_()); }

private:
  metrics_source collect_;
};

/// Connects to a port of 127.0.0.1, and closes the connection at once; whether it was opened.
bool knock(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool opened = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return opened;
}

class exposer_server final : public metrics_server {
public:
  exposer_server(const std::vector<std::string>& options, metrics_source collect)
      : collected_(std::make_shared<collected_metrics>(std::move(collect))),
        exposer_(std::make_unique<prometheus::Exposer>(options)),
        port_(static_cast<std::uint16_t>(exposer_->GetListeningPorts().at(0))) {
    exposer_->RegisterCollectable(collected_);
  }

  // The server looks for its end only when somebody connects, or every two seconds.
  ~exposer_server() override {
    std::atomic<bool> closed = false;
    std::thread knocking{[this, &closed] {
      while (!closed && knock(port_))
        std::this_thread::sleep_for(std::chrono::milliseconds{5}); // refused: it has heard
    }};
    exposer_.reset();
    closed = true;
    knocking.join();
  }

  exposer_server(const exposer_server&) = delete;
  exposer_server& operator=(const exposer_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

private:
  std::shared_ptr<collected_metrics> collected_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::uint16_t port_;
};

std::unique_ptr<metrics_server> open(std::uint16_t port, metrics_source collect) {
  // Two threads: a scraper that is slow to read its answer does not keep another waiting.
  const std::vector<std::string> options{
      "listening_ports", "127.0.0.1:" + std::to_string(port), "num_threads", "2", "request_timeout_ms", "500"};
  try { // the one way it has to say that a port is taken
    return std::make_unique<exposer_server>(options, std::move(collect));
  } catch (const std::exception&) {
    return nullptr;
  }
}

} // namespace

extern "C" {
extern const metrics_plugin loadgen_metrics_plugin;
const metrics_plugin loadgen_metrics_plugin{LOADGEN_VERSION, open};
}

} // namespace loadgen::publish
