#include "recording/exchange_recorder.hpp"

#include <algorithm>
#include <utility>

namespace loadgen::recording {

namespace {

using namespace std::chrono_literals;

constexpr auto pass_interval = 50ms;   // how long a full block waits at most before it is written
constexpr auto flush_interval = 500ms; // and any other entry: half of what is promised

exchange_ending recorded(net::exchange_end end) noexcept {
  switch (end) {
  case net::exchange_end::satisfied: return exchange_ending::satisfied;
  case net::exchange_end::closed: return exchange_ending::closed;
  case net::exchange_end::broken: return exchange_ending::broken;
  case net::exchange_end::send_failed: return exchange_ending::send_failed;
  case net::exchange_end::stale: return exchange_ending::stale;
  case net::exchange_end::cancelled: break;
  }
  return exchange_ending::cancelled;
}

std::string_view body_of(std::string_view request) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  return request.substr(std::min(request.size(), request.find(end_of_head) + end_of_head.size()));
}

} // namespace

void recording_tap::on_request(const metrics::request_record& record, std::string_view request) {
  recorded_exchange exchange;
  exchange.index = record.index;
  exchange.target = record.target;
  exchange.attempt = record.retries;
  missing_bytes_ = 0;
  current_ = shown_.empty() ? lane_.add_request(exchange, request)
                            : lane_.add_request(exchange, shown_[record.target].bytes(body_of(request)));
}

void recording_tap::on_read(std::string_view bytes, const net::arrival& when, std::optional<client::decode_lag> lag) {
  // What is kept of an exchange has no holes: behind a read that was left out, so are all others.
  const read_facts facts{when.at, when.kernel_stamped, when.behind, lag};
  const bool kept = current_.kept && missing_bytes_ == 0 && lane_.add_read(current_.number, facts, bytes);
  if (!kept) missing_bytes_ += bytes.size();
}

void recording_tap::on_end(const net::exchange_result& result, metrics::cause cancelled_for, bool concluded,
                           std::optional<client::decode_lag> lag) {
  if (!current_.kept) return lane_.count_lost(missing_bytes_);
  recorded_end end;
  end.how = recorded(result.end);
  end.cancelled_for = result.end == net::exchange_end::cancelled ? cancelled_for : metrics::cause::none;
  end.concluded = concluded;
  end.sent = result.sent;
  end.send_time = result.send_time;
  end.ended = result.ended;
  end.bytes_sent = result.bytes_sent;
  end.decode_lag = lag;
  if (result.failure) end.failure = result.failure.message();
  lane_.add_end(current_.number, end, missing_bytes_);
}

exchange_recorder::exchange_recorder(metrics::append_file file, instant epoch, std::uint16_t workers,
                                     std::vector<client::request_template> shown, std::size_t memory_limit)
    : epoch_(epoch),
      shown_(std::move(shown)),
      file_(std::move(file)),
      flush_due_(clock::now() + flush_interval) {
  for (std::uint16_t worker = 0; worker < workers; ++worker)
    lanes_.push_back(std::make_unique<recording_lane>(worker, epoch, memory_limit / workers));
  thread_.emplace(pass_interval, [this] { pass(); });
}

result<std::unique_ptr<exchange_recorder>> exchange_recorder::create(const std::filesystem::path& file,
                                                                     const recording_info& info, std::uint16_t workers,
                                                                     std::vector<client::request_template> shown,
                                                                     std::size_t memory_limit) {
  auto out = metrics::append_file::create(file, 0600);
  if (out.has_error()) return out.error();
  const std::string head = metrics::make_block(static_cast<std::uint8_t>(exchange_block::info), encode(info));
  if (const auto written = out->append(metrics::file_header(exchanges_file) + head); written.has_error())
    return written.error();
  return std::unique_ptr<exchange_recorder>{
      new exchange_recorder{std::move(*out), info.epoch, workers, std::move(shown), memory_limit}};
}

exchange_recorder::~exchange_recorder() {
  thread_->stop();
}

std::unique_ptr<recording_tap> exchange_recorder::make_tap(std::uint16_t worker) {
  return std::make_unique<recording_tap>(*lanes_[worker], shown_);
}

void exchange_recorder::pass() {
  const std::lock_guard lock{writing_};
  if (ended_) return;
  const instant now = clock::now();
  const bool all = now >= flush_due_;
  if (all) flush_due_ = now + flush_interval;
  write_lanes(all);
}

void exchange_recorder::write_lanes(bool all) {
  for (const auto& lane : lanes_) {
    std::vector<std::string> blocks = lane->take(all);
    for (std::string& block : blocks) {
      metrics::seal_block(block, static_cast<std::uint8_t>(exchange_block::entries));
      write(block);
    }
    lane->give_back(std::move(blocks));
  }
}

void exchange_recorder::write(const std::string& whole_block) {
  if (failure_) return;
  const auto written = file_.append(whole_block);
  if (!written.has_error()) return;
  failure_ = written.error();
  for (const auto& lane : lanes_) lane->give_up();
}

void exchange_recorder::begin_phase(const recorded_phase& phase) {
  const std::lock_guard lock{writing_};
  write_lanes(true);
  write(metrics::make_block(static_cast<std::uint8_t>(exchange_block::phase), encode(phase, epoch_)));
}

void exchange_recorder::end() {
  const std::lock_guard lock{writing_};
  if (ended_) return;
  write_lanes(true);
  write(metrics::make_block(static_cast<std::uint8_t>(exchange_block::totals), encode(totals())));
  ended_ = true;
}

recording_totals exchange_recorder::totals() const {
  recording_totals sum;
  for (const auto& lane : lanes_) {
    const recording_totals part = lane->totals();
    sum.exchanges += part.exchanges;
    sum.lost_exchanges += part.lost_exchanges;
    sum.cut_exchanges += part.cut_exchanges;
    sum.missing_bytes += part.missing_bytes;
  }
  return sum;
}

std::uint64_t exchange_recorder::size() const {
  const std::lock_guard lock{writing_};
  return file_.size();
}

std::optional<error> exchange_recorder::failure() const {
  const std::lock_guard lock{writing_};
  return failure_;
}

} // namespace loadgen::recording
