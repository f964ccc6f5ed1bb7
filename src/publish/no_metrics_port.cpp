// In place of metrics_port.cpp where prometheus-cpp was not found.
#include <loadgen/publish/metrics_port.hpp>

namespace loadgen::publish {

struct metrics_port::state {};

bool metrics_port::is_built_in() noexcept {
  return false;
}

result<metrics_port> metrics_port::open(std::uint16_t /*port*/) {
  return invalid_input(
      "this loadgen was built without prometheus-cpp; expected a build that found it, or --pushgateway");
}

metrics_port::metrics_port(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

metrics_port::metrics_port(metrics_port&&) noexcept = default;
metrics_port& metrics_port::operator=(metrics_port&&) noexcept = default;
metrics_port::~metrics_port() = default;

std::uint16_t metrics_port::port() const noexcept {
  return 0;
}

void metrics_port::show(source /*from*/) {}

bool metrics_port::wait_for_scrape(duration /*limit*/) const {
  return false;
}

} // namespace loadgen::publish
