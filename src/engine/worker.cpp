#include "engine/worker.hpp"

#include "engine/client_limits.hpp"
#include "metrics/instrument_error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace loadgen::engine {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::deferred);

// The error bounds of a report rest on what the receive loop promises.
static_assert(net::receive_loop::longest_wait <= metrics::longest_wait);

} // namespace

worker::worker(std::uint16_t number, const client_settings& settings, answer_form asked,
               const std::vector<server>& servers, keepers keep)
    : number_(number),
      settings_(settings),
      asked_(asked),
      servers_(servers),
      chooser_(servers.size(), settings.pair_seed),
      keep_(keep),
      work_(asio::make_work_guard(context_)),
      connector_(context_.get_executor(), loop_, connector_settings(settings)),
      limits_timer_(context_),
      pace_timer_(context_) {
  for (std::size_t i = 0; i < servers_.size(); ++i) idle_.push_back(std::make_unique<client::connection_pool>(loop_));
  thread_ = std::thread{[this] { context_.run(); }};
}

worker::~worker() {
  work_.reset();
  thread_.join();
}

void worker::begin(phase& part, lane_share lanes, std::function<void()> on_done) {
  auto start = [this, &part, lanes, done = std::move(on_done)]() mutable {
    if (lanes.count == 0 && !part.open_loop()) return done();
    on_done_ = std::move(done);
    coroutines_running_ = 1;
    if (part.open_loop()) {
      free_lanes_.clear();
      for (const auto& each : lanes_) free_lanes_.push_back(each.get());
      asio::co_spawn(context_, pace(part), asio::detached);
    } else {
      while (lanes_.size() < lanes.count) add_lane();
      asio::co_spawn(context_, start_lanes(part, lanes), asio::detached);
    }
    enforce_limits_from_now_on();
  };
  asio::post(context_, std::move(start));
}

void worker::add_lane() {
  lanes_.push_back(std::make_unique<lane>(*this));
  lane& made = *lanes_.back();
  if (keep_.exchanges != nullptr) {
    made.tap = keep_.exchanges->make_tap(number_);
    made.exchange.show(*made.tap);
  }
  if (keep_.texts != nullptr) {
    made.answer = std::make_unique<recording::answer_collector>();
    made.exchange.tell_as_well(*made.answer);
  }
}

asio::awaitable<void> worker::start_lanes(phase& part, lane_share lanes) {
  for (std::uint32_t i = 0; i < lanes.count; ++i) {
    const instant due = part.due(lanes.first + lanes.gap * i);
    while (clock::now() < due && part.has_more(clock::now())) {
      pace_timer_.expires_at(due);
      co_await pace_timer_.async_wait(as_values);
    }
    ++coroutines_running_;
    asio::co_spawn(context_, run_lane(part, *lanes_[i]), asio::detached);
  }
  end_coroutine();
}

asio::awaitable<void> worker::run_lane(phase& part, lane& on) {
  while (const std::optional<std::uint64_t> index = part.take(clock::now())) {
    const instant released = clock::now();
    prepared_request request = prepare(part, *index);
    if (request.body.empty()) break;
    request.record->released = released;
    note_issued(part);
    if (request.talk)
      co_await hold(part, on, std::move(request));
    else
      co_await carry_out(part, on, std::move(request));
  }
  pace_timer_.cancel(); // no lane need begin where nothing is left for it
  end_coroutine();
}

// What a request needs is made ready before it is due, so that nothing but the release is left to do then.
asio::awaitable<void> worker::pace(phase& part) {
  while (const std::optional<std::uint64_t> index = part.take(clock::now())) {
    prepared_request request = prepare(part, *index);
    if (request.body.empty()) break;
    metrics::request_record& record = *request.record;
    co_await wait_until(part, *record.planned);
    const bool passed = co_await pass_cap(part, record);
    if (!passed) continue;
    note_issued(part);
    if (free_lanes_.empty()) {
      add_lane();
      free_lanes_.push_back(lanes_.back().get());
    }
    lane& on = *free_lanes_.back();
    free_lanes_.pop_back();
    ++coroutines_running_;
    asio::co_spawn(context_, run_once(part, on, std::move(request)), asio::detached);
  }
  end_coroutine();
}

asio::awaitable<void> worker::wait_until(const phase& part, instant due) {
  while (clock::now() < due && !part.over(clock::now())) { // whatever else may have woken the timer
    pace_timer_.expires_at(due);
    co_await pace_timer_.async_wait(as_values);
  }
}

// False where the request is not to be issued. What waits at the cap waits from the moment it is due, for the pacer
// comes to it only when those before it have passed.
asio::awaitable<bool> worker::pass_cap(phase& part, metrics::request_record& record) {
  const instant now = clock::now();
  if (part.over(now)) co_return false;
  concurrency_cap* const cap = part.cap();
  if (cap == nullptr) co_return true;
  if (part.on_cap() == cap_policy::drop) {
    const bool entered = cap->try_enter();
    if (!entered) {
      const std::uint32_t turns = record.conversation ? record.conversation->turns : 1;
      part.count_dropped(turns);
      requests_.count_dropped(turns);
    }
    co_return entered;
  }
  const instant waits_from = cap_passed_ > *record.planned ? *record.planned : now;
  const auto granted = std::make_shared<std::atomic<bool>>(false);
  const bool entered = cap->enter_or_wait([this, granted] {
    granted->store(true);
    wake_pacer();
  });
  if (!entered) {
    while (!granted->load() && !part.over(clock::now())) {
      pace_timer_.expires_at(instant::max());
      co_await pace_timer_.async_wait(as_values);
    }
    if (!granted->load()) co_return false;
    cap_passed_ = clock::now();
  }
  record.cap_wait = (entered ? std::max(cap_passed_, waits_from) : cap_passed_) - waits_from;
  co_return true;
}

void worker::wake_pacer() {
  asio::post(context_, [this] { pace_timer_.cancel(); });
}

void worker::wake_all() {
  asio::post(context_, [this] {
    pace_timer_.cancel();
    for (const auto& each : lanes_)
      if (each->talk) each->talk->thinking.cancel();
  });
}

asio::awaitable<void> worker::run_once(phase& part, lane& on, prepared_request request) {
  request.record->released = clock::now();
  if (request.talk)
    co_await hold(part, on, std::move(request));
  else
    co_await carry_out(part, on, std::move(request));
  free_lanes_.push_back(&on);
  if (concurrency_cap* const cap = part.cap()) cap->leave();
  end_coroutine();
}

asio::awaitable<worker::ending> worker::carry_out(phase& part, lane& on, prepared_request request) {
  metrics::request_record& record = *request.record;
  const server& asked = servers_[record.target];
  const client::route to{asked.addresses, asked.form, *idle_[record.target], asked.tls.get()};
  co_await on.exchange.run(to, request.body, record);
  part.count(record.end);
  requests_.count(record);
  if (asked.shown_form && record.sent && !record.warmup)
    sent_.add(record.index, asked.shown_form->bytes(request.body)); // now that nothing waits for it to be sent
  const ending how{record.end, record.done.value_or(*record.ended)};
  if (keep_.texts != nullptr) keep_.texts->push(record, *on.answer);
  keep_.records.push(std::move(request.record));
  co_return how;
}

// The turns that follow a failed one are not sent: what they would say rests on a reply that never came. The moment of
// a later turn counts from the arrival of the reply, so that all that the client takes to go on with it is its own
// lateness.
asio::awaitable<void> worker::hold(phase& part, lane& on, prepared_request request) {
  const std::unique_ptr<workload::conversation> talk = std::move(request.talk);
  part.count_begun();
  if (!on.talk) on.talk = std::make_unique<lane::talking>(context_);
  for (;;) {
    const bool keeps_reply = !talk->over() && talk->needs_reply();
    if (keeps_reply) {
      on.talk->reply.expect(request.record->asked_output);
      on.exchange.tell(on.talk->reply);
    }
    const ending last = co_await carry_out(part, on, std::move(request));
    if (last.how == metrics::outcome::failed) part.count_abandoned(talk->turns() - talk->asked());
    if (last.how != metrics::outcome::completed || talk->over()) co_return;
    const instant due = last.last_arrival + talk->think_time();
    const bool goes_on = co_await think(part, on, due);
    if (!goes_on) co_return;
    const instant released = clock::now();
    request = prepare(part, keeps_reply ? talk->next(on.talk->reply.text()) : talk->next());
    request.record->planned = due;
    request.record->released = released;
    note_issued(part);
  }
}

// False where nothing more is to be issued. Who thinks beyond the end of the time still keeps the lane: no other user
// comes in that one's place.
asio::awaitable<bool> worker::think(const phase& part, lane& on, instant due) {
  while (clock::now() < due && !part.over(clock::now())) {
    on.talk->thinking.expires_at(due);
    co_await on.talk->thinking.async_wait(as_values);
  }
  co_return !part.over(clock::now());
}

void worker::note_issued(phase& part) noexcept {
  part.count_issued();
  requests_.count_issued();
}

// Without a body, where the plan can no longer make one: nothing more is issued then.
worker::prepared_request worker::prepare(phase& part, std::uint64_t index) const {
  std::unique_ptr<workload::conversation> talk;
  if (part.has_conversations()) talk = std::make_unique<workload::conversation>(part.talk(index));
  prepared_request first = prepare(part, talk ? talk->next() : part.request(index));
  if (first.body.empty()) part.stop();
  first.talk = std::move(talk);
  return first;
}

worker::prepared_request worker::prepare(const phase& part, workload::planned_request planned) const {
  auto record = std::make_unique<metrics::request_record>();
  record->index = planned.index;
  record->warmup = part.is_warmup();
  record->worker = number_;
  const auto& place = planned.place; // all turns of a conversation go to one server
  record->target = static_cast<std::uint16_t>(chooser_.of(place ? place->conversation : planned.index));
  if (place) record->conversation = metrics::conversation_place{place->conversation, place->turn, place->turns};
  record->dataset_line = planned.dataset_line;
  record->asked_output = planned.asked_output;
  record->asked_input = planned.asked_input;
  if (planned.offset) record->planned = part.due(*planned.offset);
  return {std::move(record), std::move(planned.body), nullptr};
}

// The last one of a phase ends it.
void worker::end_coroutine() {
  if (--coroutines_running_ > 0) return;
  limits_timer_.cancel();
  on_done_();
}

void worker::enforce_limits_from_now_on() {
  const std::optional<duration> interval = limits_interval(settings_);
  if (!interval) return;
  limits_timer_.expires_after(*interval);
  limits_timer_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled || coroutines_running_ == 0) return;
    const instant now = clock::now();
    for (const auto& each : lanes_) each->exchange.enforce_limits(now);
    enforce_limits_from_now_on();
  });
}

void worker::add_to(live_counts& total) const {
  requests_.add_to(total);
  total.content_events += streams_.content_events.load();
  total.coalesced_behind += streams_.coalesced_behind.load();
  total.user_stamped += streams_.user_stamped.load();
  streams_.ttft.add_to(total.ttft);
  streams_.itl.add_to(total.itl);
}

void worker::add_tcp(metrics::level_end& end) const {
  for (const auto& pool : idle_) {
    const client::tcp_totals& totals = pool->tcp();
    if (totals.min_rtt) end.tcp_min_rtt = std::min(end.tcp_min_rtt.value_or(duration::max()), *totals.min_rtt);
    if (totals.retransmits) end.tcp_retransmits = end.tcp_retransmits.value_or(0) + *totals.retransmits;
  }
}

void worker::reset_measures() noexcept {
  loop_.reset_measure();
  for (const auto& pool : idle_) pool->reset_tcp();
}

void worker::cancel_all(metrics::cause why) {
  asio::post(context_, [this, why] {
    for (const auto& each : lanes_) each->exchange.cancel(why);
    connector_.abort_all();
  });
}

} // namespace loadgen::engine
