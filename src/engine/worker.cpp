#include "engine/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace loadgen::engine {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

// The whole request's timeout bounds its connect too.
net::connector::settings connector_settings(const client_settings& settings) {
  duration limit = settings.connect_timeout;
  const bool tighter = settings.timeout > duration::zero() && (limit == duration::zero() || settings.timeout < limit);
  if (tighter) limit = settings.timeout;
  net::connector::settings chosen;
  chosen.timeout = limit;
  chosen.kernel_stamps = settings.kernel_timestamps;
  return chosen;
}

// Often enough that a limit is exceeded by a fiftieth at most, seldom enough to cost nothing.
duration limits_interval(const client_settings& settings) {
  duration shortest = duration::max();
  for (const duration limit : {settings.timeout, settings.stall_timeout})
    if (limit > duration::zero()) shortest = std::min(shortest, limit);
  return std::clamp<duration>(shortest / 50, 2ms, 250ms);
}

} // namespace

worker::worker(std::uint16_t number, const client_settings& settings, endpoint_kind endpoint,
               const std::vector<server>& servers, record_pump& records)
    : number_(number),
      settings_(settings),
      endpoint_(endpoint),
      servers_(servers),
      records_(records),
      work_(asio::make_work_guard(context_)),
      connector_(context_.get_executor(), loop_, connector_settings(settings)),
      limits_timer_(context_) {
  for (std::size_t i = 0; i < servers_.size(); ++i) idle_.push_back(std::make_unique<client::connection_pool>(loop_));
  thread_ = std::thread{[this] { context_.run(); }};
}

worker::~worker() {
  work_.reset();
  thread_.join();
}

void worker::begin(phase& part, std::uint32_t lanes, std::function<void()> on_done) {
  auto start = [this, &part, lanes, done = std::move(on_done)]() mutable {
    if (lanes == 0) return done();
    on_done_ = std::move(done);
    lanes_running_ = lanes;
    const client::exchange_limits limits{settings_.timeout, settings_.stall_timeout, settings_.retries};
    while (lanes_.size() < lanes)
      lanes_.push_back(std::make_unique<client::exchange>(connector_, limits, endpoint_, content_events_));
    for (std::uint32_t i = 0; i < lanes; ++i) asio::co_spawn(context_, run_lane(part, *lanes_[i]), asio::detached);
    enforce_limits_from_now_on();
  };
  asio::post(context_, std::move(start));
}

asio::awaitable<void> worker::run_lane(phase& part, client::exchange& lane) {
  for (;;) {
    const std::optional<std::uint64_t> index = part.take(clock::now());
    if (!index) break;
    const instant released = clock::now();
    const workload::planned_request planned = part.request(*index);
    record_pump::record_pointer record = begin_record(part, planned);
    record->released = released;
    const server& asked = servers_[record->target];
    const client::route to{asked.addresses, asked.form, *idle_[record->target], asked.tls.get()};
    co_await lane.run(to, planned.body, *record);
    part.count(record->end);
    records_.push(std::move(record));
  }
  if (--lanes_running_ == 0) {
    limits_timer_.cancel();
    on_done_();
  }
}

record_pump::record_pointer worker::begin_record(const phase& part, const workload::planned_request& planned) const {
  auto record = std::make_unique<metrics::request_record>();
  record->index = planned.index;
  record->warmup = part.is_warmup();
  record->worker = number_;
  record->target = static_cast<std::uint16_t>(planned.index % servers_.size());
  record->dataset_line = planned.dataset_line;
  record->asked_output = planned.asked_output;
  return record;
}

void worker::enforce_limits_from_now_on() {
  if (settings_.timeout == duration::zero() && settings_.stall_timeout == duration::zero()) return;
  limits_timer_.expires_after(limits_interval(settings_));
  limits_timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled || lanes_running_ == 0) return;
    const instant now = clock::now();
    for (const auto& lane : lanes_) lane->enforce_limits(now);
    enforce_limits_from_now_on();
  });
}

void worker::cancel_all(metrics::cause why) {
  asio::post(context_, [this, why] {
    for (const auto& lane : lanes_) lane->cancel(why);
    connector_.abort_all();
  });
}

} // namespace loadgen::engine
