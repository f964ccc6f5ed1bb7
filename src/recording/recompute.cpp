#include "client/response_reader.hpp"
#include "recording/record_difference.hpp"

#include <loadgen/recording/recompute.hpp>

#include <boost/system/error_category.hpp>
#include <fmt/format.h>

#include <map>
#include <system_error>
#include <tuple>
#include <utility>

namespace loadgen::recording {

using metrics::request_record;

namespace {

net::exchange_end as_ended(exchange_ending how) noexcept {
  switch (how) {
  case exchange_ending::satisfied: return net::exchange_end::satisfied;
  case exchange_ending::closed: return net::exchange_end::closed;
  case exchange_ending::broken: return net::exchange_end::broken;
  case exchange_ending::send_failed: return net::exchange_end::send_failed;
  case exchange_ending::stale: return net::exchange_end::stale;
  case exchange_ending::cancelled: break;
  }
  return net::exchange_end::cancelled;
}

/// A failure of which only its words are left.
class words_category final : public boost::system::error_category {
public:
  explicit words_category(std::string words) : words_(std::move(words)) {}

  [[nodiscard]] const char* name() const noexcept override { return "recorded"; }

  [[nodiscard]] std::string message(int) const override { return words_; }

private:
  std::string words_;
};

void forget_bytes(request_record& record) {
  client::forget_response(record);
  record.sent.reset();
  record.send_time.reset();
  record.usage = {};
  record.finish_reason.clear();
  record.server_figures.clear();
  record.end = metrics::outcome::failed;
  record.bytes_sent = 0;
  record.bytes_received = 0;
}

/// Reads the exchanges of one request after another into its record, as they were read when they came.
class record_maker {
public:
  explicit record_maker(answer_form asked) : reader_(asked, meter_) {}

  void read(const recorded_exchange& exchange, request_record& into) {
    reader_.begin(into);
    for (const recorded_read& read : exchange.reads) {
      const net::arrival when{read.at, read.kernel_stamped, read.behind};
      static_cast<void>(reader_.on_recorded_bytes(read.bytes, when, lag_of(read.decode_lag)));
    }
    if (exchange.end && exchange.end->concluded) conclude(*exchange.end, into);
  }

private:
  static std::optional<client::decode_lag> lag_of(std::optional<duration> recorded) {
    if (!recorded) return std::nullopt;
    return client::decode_lag{static_cast<std::uint32_t>(recorded->count())};
  }

  void conclude(const recorded_end& end, request_record& into) {
    const words_category words{end.failure};
    net::exchange_result result;
    result.end = as_ended(end.how);
    if (!end.failure.empty()) result.failure = boost::system::error_code{1, words};
    result.sent = end.sent;
    result.send_time = end.send_time;
    result.ended = end.ended;
    result.bytes_sent = end.bytes_sent;
    if (!into.sent && result.end != net::exchange_end::stale) {
      into.sent = result.sent;
      into.send_time = result.send_time;
    }
    reader_.conclude_recorded(result, end.cancelled_for, lag_of(end.decode_lag));
  }

  client::stream_meter meter_;
  client::response_reader reader_;
};

/// Goes through a recording with the records at hand.
class recomputer {
public:
  recomputer(metrics::recorded_run run, answer_form asked) : maker_(asked) {
    made_.run = std::move(run);
    for (std::size_t place = 0; place < made_.run.levels.size(); ++place)
      for (request_record& record : made_.run.levels[place].requests)
        unread_.emplace(key{place, record.warmup, record.index}, &record);
    made_.requests = unread_.size();
  }

  void add(const recorded_phase& phase, const recorded_exchange& exchange) {
    const key place{phase.place, phase.warmup, exchange.index};
    request* const found = request_at(place);
    if (found == nullptr) {
      ++made_.unrecorded;
      return;
    }
    for (; found->attempt < exchange.attempt; ++found->attempt) client::forget_response(*found->record);
    found->incomplete = found->incomplete || exchange.missing_bytes > 0 || !exchange.end;
    maker_.read(exchange, *found->record);
    found->concluded = exchange.end && exchange.end->concluded;
    if (found->concluded && found->attempt == found->on_record.retries) finish(place);
  }

  [[nodiscard]] recomputation take() {
    while (!under_way_.empty()) finish(under_way_.begin()->first);
    for (const auto& [place, record] : unread_) {
      const bool had_bytes = record->bytes_sent > 0 || record->bytes_received > 0;
      ++(had_bytes ? made_.incomplete : made_.without_bytes);
    }
    return std::move(made_);
  }

private:
  using key = std::tuple<std::size_t, bool, std::uint64_t>; // level and trial, warm-up, index

  struct request {
    request_record* record; // made from the bytes
    request_record on_record;
    std::uint16_t attempt = 0;
    bool concluded = false;
    bool incomplete = false;
  };

  request* request_at(const key& place) {
    if (const auto found = under_way_.find(place); found != under_way_.end()) return &found->second;
    const auto unread = unread_.find(place);
    if (unread == unread_.end()) return nullptr;
    request& begun = under_way_[place];
    begun.record = unread->second;
    begun.on_record = *unread->second;
    forget_bytes(*begun.record);
    unread_.erase(unread);
    return &begun;
  }

  void finish(const key& place) {
    auto ended = under_way_.extract(place);
    request& done = ended.mapped();
    request_record& made = *done.record;
    if (done.incomplete) {
      made = std::move(done.on_record);
      ++made_.incomplete;
      return;
    }
    // The last attempt found no connection, or was given up before it had one: no bytes tell of that.
    const bool without_exchange = done.attempt < done.on_record.retries || !done.concluded;
    for (; done.attempt < done.on_record.retries; ++done.attempt) client::forget_response(made);
    if (without_exchange) {
      made.end = done.on_record.end;
      made.why = done.on_record.why;
      made.message = done.on_record.message;
    }
    const auto differs = difference(made, done.on_record);
    ++(differs ? made_.differing : made_.agreeing);
    if (!differs || !made_.first_difference.empty()) return;
    const metrics::level_info& level = made_.run.levels[std::get<0>(place)].info;
    made_.first_difference = fmt::format("level {}, trial {}, {}request {}: {}", level.level, level.trial,
                                         std::get<1>(place) ? "warm-up " : "", std::get<2>(place), *differs);
  }

  recomputation made_;
  record_maker maker_;
  std::map<key, request_record*> unread_;
  std::map<key, request> under_way_;
};

} // namespace

result<recomputation> recompute(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = exchanges_in(run_folder);
  std::error_code failure;
  if (!std::filesystem::exists(file, failure) && !failure)
    return invalid_input(
        fmt::format("'{}' has no raw/exchanges.bin; expected a run that was made with --record", run_folder.string()));
  auto run = metrics::read_records(run_folder / "raw" / "records.bin");
  if (run.has_error()) return run.error();
  const auto about = read_recording_info(file);
  if (about.has_error()) return about.error();
  if (about->run_id != run->info.run_id)
    return invalid_input(fmt::format("{} is of run {}, and the records beside it of run {}", file.string(),
                                     about->run_id, run->info.run_id));
  recomputer again{std::move(*run), about->asked};
  const auto read = stream_exchanges(
      file, [&again](const recorded_phase& phase, recorded_exchange& exchange) { again.add(phase, exchange); });
  if (read.has_error()) return read.error();
  recomputation made = again.take();
  made.bytes_read = read->file_size;
  return made;
}

} // namespace loadgen::recording
