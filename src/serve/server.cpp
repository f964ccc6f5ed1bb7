#include "serve/server.hpp"

#include <algorithm>

namespace loadgen::serve {

namespace {

constexpr std::uint64_t listener_token = poller::first_free_token;
constexpr int writes_per_round = 64;                          // before the sockets are looked at again
constexpr std::size_t max_pending = std::size_t{1} << 20U;    // then the client is left to TCP's flow control
constexpr duration close_grace = std::chrono::seconds{1};     // for a client to read the last response and close
constexpr duration truth_idle = std::chrono::milliseconds{1}; // a pause long enough to write truth lines in

} // namespace

result<std::unique_ptr<server>> server::create(server_settings settings) {
  raise_descriptor_limit();
  std::optional<net::tls_server_context> tls;
  if (!settings.tls_certificate.empty()) {
    auto made = net::tls_server_context::make(settings.tls_certificate, settings.tls_key);
    if (!made) return made.error();
    tls = std::move(*made);
  }
  auto listening = listener::open(settings.bind, settings.port);
  if (!listening) return listening.error();
  auto polling = poller::create();
  if (!polling) return polling.error();
  if (!polling->watch(listening->fd(), EPOLLIN | EPOLLET, listener_token))
    return error{errc::resource_limit, "cannot watch the listening socket"};
  std::optional<truth_file> truth;
  if (!settings.truth.empty()) {
    auto created = truth_file::create(settings.truth);
    if (!created) return created.error();
    truth = std::move(*created);
  }
  std::optional<truth_file> transcript;
  if (!settings.transcript.empty()) {
    auto created = truth_file::create(settings.transcript, "transcript");
    if (!created) return created.error();
    transcript = std::move(*created);
  }
  parts made{std::move(*listening), std::move(*polling), std::move(tls), std::move(truth), std::move(transcript)};
  return std::unique_ptr<server>{new server{std::move(settings), std::move(made)}};
}

server::server(server_settings settings, parts made)
    : settings_(std::move(settings)),
      listener_(std::move(made.listening)),
      poller_(std::move(made.polling)),
      tls_(std::move(made.tls)),
      truth_(std::move(made.truth)),
      transcript_(std::move(made.transcript)) {}

result<void> server::run() {
  while (!poller_.woken()) {
    const instant now = clock::now();
    write_due(now);
    const auto alarm = next_due();
    if (!alarm || *alarm > now + truth_idle) flush_files();
    for (const epoll_event& event : poller_.wait(alarm, now)) on_event(event);
    sweep();
  }
  waiting_.clear(); // what has no slot now gets none
  sessions_.for_each([this](session& open) { drop(open); });
  sweep();
  flush_files();
  for (const auto* file : {&truth_, &transcript_})
    if (*file && (*file)->failure()) return *(*file)->failure();
  return {};
}

void server::flush_files() {
  if (truth_) truth_->flush();
  if (transcript_) transcript_->flush();
}

std::optional<instant> server::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.top().due;
}

void server::write_due(instant now) {
  for (int writes = 0; writes < writes_per_round && !due_.empty() && due_.top().due <= now; ++writes) {
    session* const to = sessions_.find(due_.top().who);
    due_.pop();
    if (to == nullptr) continue;
    if (to->ended)
      drop(*to);
    else
      write_next(*to);
  }
}

void server::on_event(const epoll_event& event) {
  if (event.data.u64 == listener_token) return accept_waiting();
  session* const of = sessions_.find(session_key::unpack(event.data.u64));
  if (of == nullptr) return;
  if ((event.events & EPOLLOUT) != 0 && of->link.blocked()) resume(*of);
  const bool ending = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (ending || (event.events & EPOLLIN) != 0) read(*of, ending);
}

void server::accept_waiting() {
  unique_fd socket;
  listener::accept_end end{};
  while ((end = listener_.accept(socket)) == listener::accept_end::accepted) {
    session& made = sessions_.add(connection{std::move(socket), tls_ ? tls_->new_session() : nullptr});
    ++counters_.connections;
    if (!poller_.watch(made.link.fd(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, made.key.packed())) drop(made);
  }
  accept_paused_ = end == listener::accept_end::no_descriptors;
}

void server::sweep() {
  const std::size_t closed = sessions_.sweep();
  counters_.connections -= closed;
  if (closed > 0 && accept_paused_) accept_waiting();
}

void server::read(session& from, bool to_the_end) {
  while (!from.gone && from.pending_size < max_pending) {
    const auto received = from.link.receive(scratch_);
    if (!received) {
      if (!from.link.open()) drop(from);
      return;
    }
    if (from.busy() || !from.pending.empty()) {
      from.pending.push_back({std::string{received->bytes}, received->arrival, received->kernel_stamp});
      from.pending_size += received->bytes.size();
    } else {
      take(from, *received);
    }
    // A read that did not fill the buffer has emptied the socket; what comes later is reported anew.
    if (!to_the_end && received->emptied) return;
  }
}

void server::take(session& from, received_bytes received) {
  while (!received.bytes.empty() && !from.gone && !from.ended && !from.close_when_sent) {
    if (from.busy()) {
      from.pending.push_front({std::string{received.bytes}, received.arrival, received.kernel_stamp});
      from.pending_size += received.bytes.size();
      return;
    }
    received.bytes.remove_prefix(from.reader.feed(received));
    if (const auto& refused = from.reader.refusal())
      respond(from, error_response(refused->status, refused->message, false), false);
    else if (from.reader.complete())
      handle(from);
    else if (from.reader.take_expectation())
      from.link.send("HTTP/1.1 100 Continue\r\n\r\n");
  }
}

void server::take_pending(session& from) {
  const bool was_full = from.pending_size >= max_pending;
  while (!from.gone && !from.busy() && !from.pending.empty()) {
    const pending_bytes oldest = std::move(from.pending.front());
    from.pending.pop_front();
    from.pending_size -= oldest.bytes.size();
    take(from, {.bytes = oldest.bytes, .arrival = oldest.arrival, .kernel_stamp = oldest.kernel_stamp});
  }
  if (was_full) read(from, true);
}

void server::handle(session& from) {
  const http_request& request = from.reader.request();
  const auto endpoint = completion_endpoint(request.path);
  if (endpoint && request.method == "POST")
    handle_completion(from, *endpoint);
  else
    respond(from, page_response(request, settings_.model, counters_), request.keep_alive);
  from.reader.reset();
}

void server::handle_completion(session& from, answer_form form) {
  const http_request& request = from.reader.request();
  const auto asked = read_completion_request(form, request.body, settings_);
  if (!asked) {
    ++counters_.refused;
    return respond(from, error_response(400, asked.error().message, request.keep_alive), request.keep_alive);
  }
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  const auto created = std::chrono::floor<std::chrono::seconds>(since_1970).count();
  from.current.emplace(settings_, next_id_++, *asked, request, created);
  ++counters_.accepted;
  ++counters_.waiting;
  if (settings_.slots == 0 || counters_.running < settings_.slots)
    admit(from, std::max(request.arrival, from.free_since));
  else
    waiting_.push_back(from.key);
}

void server::respond(session& to, std::string_view bytes, bool keep_alive) {
  to.link.send(bytes);
  to.close_when_sent = !keep_alive;
  if (!to.link.open())
    drop(to);
  else if (to.close_when_sent && !to.link.blocked())
    end_connection(to);
}

void server::admit(session& next, instant when) {
  --counters_.waiting;
  ++counters_.running;
  next.current->start(when);
  due_.push({std::max(next.current->due(), when), next.key});
}

void server::admit_waiting(instant now) {
  while (!waiting_.empty() && counters_.running < settings_.slots) {
    session* const next = sessions_.find(waiting_.front());
    waiting_.pop_front();
    if (next != nullptr && next->current && !next->current->started()) admit(*next, now);
  }
}

void server::write_next(session& to) {
  for (;;) {
    const instant now = clock::now();
    counters_.tokens += to.current->write_next(to.link, now);
    if (!to.link.open()) return drop(to);
    if (to.link.blocked()) return; // resume() goes on
    if (to.current->complete()) return complete(to);
    const instant due = to.current->due();
    if (due == instant{}) continue;
    // An answer that is behind takes its turn after those that are due: none starves the others.
    due_.push({std::max(due, now), to.key});
    return;
  }
}

void server::resume(session& to) {
  to.link.flush();
  if (!to.link.open()) return drop(to);
  if (to.link.blocked()) return;
  if (to.current && to.current->complete())
    complete(to);
  else if (to.current && to.current->started())
    due_.push({std::max(to.current->due(), clock::now()), to.key});
  else if (to.close_when_sent)
    end_connection(to);
  else
    take_pending(to);
}

void server::complete(session& of) {
  add_truth(*of.current, true);
  ++counters_.done;
  const bool keep_alive = of.current->keep_alive();
  of.current.reset();
  of.free_since = clock::now();
  release_slot(of.free_since);
  if (keep_alive)
    take_pending(of);
  else
    end_connection(of);
}

void server::release_slot(instant now) {
  --counters_.running;
  admit_waiting(now);
}

void server::end_connection(session& of) {
  of.link.end_writing();
  of.ended = true;
  of.pending.clear();
  due_.push({clock::now() + close_grace, of.key});
}

void server::drop(session& of) {
  if (of.current) abort_answer(of);
  sessions_.remove(of);
}

void server::abort_answer(session& of) {
  add_truth(*of.current, false);
  ++counters_.aborted;
  const bool had_slot = of.current->started();
  of.current.reset();
  if (had_slot)
    release_slot(clock::now());
  else
    --counters_.waiting;
}

void server::add_truth(const answer& of, bool done) {
  if (transcript_) transcript_->add(of.transcript(done));
  if (!truth_) return;
  if (const auto line = of.truth(done)) truth_->add(*line);
}

} // namespace loadgen::serve
