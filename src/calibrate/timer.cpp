#include "metrics/percentile.hpp"

#include <loadgen/calibrate/timer.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace loadgen::calibrate {

timer_lateness measure_timer(duration period, std::size_t count) {
  boost::asio::io_context context{1};
  boost::asio::steady_timer timer{context};
  std::vector<double> late;
  late.reserve(count);
  const instant began = clock::now() + std::chrono::milliseconds{5};
  std::function<void()> next = [&] {
    const instant due = began + period * late.size();
    timer.expires_at(due);
    timer.async_wait([&, due](boost::system::error_code) {
      late.push_back(to_ms(clock::now() - due));
      if (late.size() < count) next();
    });
  };
  next();
  context.run();
  metrics::percentile_selector at{late};
  const double p50 = at.at(0.50);
  return {p50, at.at(0.99)};
}

duration measure_clock_step() {
  constexpr int readings = 10'000;
  duration smallest = duration::max();
  instant before = clock::now();
  for (int i = 0; i < readings; ++i) {
    const instant now = clock::now();
    if (now > before) smallest = std::min(smallest, duration{now - before});
    before = now;
  }
  return smallest;
}

} // namespace loadgen::calibrate
