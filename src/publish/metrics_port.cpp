#include <loadgen/publish/metrics_port.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <string>
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
class shown_metrics final : public prometheus::Collectable {
public:
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    std::unique_lock lock{mutex_};
    const std::uint64_t number = ++begun_;
    const metrics_port::source from = from_;
    lock.unlock();
    auto families = from ? converted(from()) : std::vector<prometheus::MetricFamily>{};
    lock.lock();
    last_drawn_up_ = std::max(last_drawn_up_, number);
    lock.unlock();
    drawn_up_.notify_all();
    return families;
  }

  void show(metrics_port::source from) {
    const std::lock_guard lock{mutex_};
    from_ = std::move(from);
  }

  [[nodiscard]] bool wait_for_scrape(duration limit) const {
    std::unique_lock lock{mutex_};
    const std::uint64_t before = begun_;
    return drawn_up_.wait_for(lock, limit, [&] { return last_drawn_up_ > before; });
  }

private:
  mutable std::mutex mutex_; // of all below
  mutable std::condition_variable drawn_up_;
  mutable std::uint64_t begun_ = 0, last_drawn_up_ = 0; // scrapes
  metrics_port::source from_;
};

} // namespace

struct metrics_port::state {
  std::shared_ptr<shown_metrics> shown = std::make_shared<shown_metrics>();
  std::unique_ptr<prometheus::Exposer> exposer; // last: stops its threads first
  std::uint16_t port = 0;
};

bool metrics_port::is_built_in() noexcept {
  return true;
}

result<metrics_port> metrics_port::open(std::uint16_t port) {
  auto made = std::make_unique<state>();
  const std::vector<std::string> options{"listening_ports", fmt::format("127.0.0.1:{}", port), "num_threads", "2"};
  try { // the one way it has to say that a port is taken
    made->exposer = std::make_unique<prometheus::Exposer>(options);
    made->port = static_cast<std::uint16_t>(made->exposer->GetListeningPorts().at(0));
  } catch (const std::exception&) {
    return invalid_input(fmt::format("cannot listen on 127.0.0.1:{}; expected a port that is free, or 0", port));
  }
  made->exposer->RegisterCollectable(made->shown);
  return metrics_port{std::move(made)};
}

metrics_port::metrics_port(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

metrics_port::metrics_port(metrics_port&&) noexcept = default;
metrics_port& metrics_port::operator=(metrics_port&&) noexcept = default;
metrics_port::~metrics_port() = default;

std::uint16_t metrics_port::port() const noexcept {
  return state_->port;
}

void metrics_port::show(source from) {
  state_->shown->show(std::move(from));
}

bool metrics_port::wait_for_scrape(duration limit) const {
  return state_->shown->wait_for_scrape(limit);
}

} // namespace loadgen::publish
