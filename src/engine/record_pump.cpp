#include "engine/record_pump.hpp"

#include <loadgen/base/time.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace loadgen::engine {

namespace {

using namespace std::chrono_literals;

constexpr auto pass_interval = 50ms;   // how long a record waits at most before it is encoded
constexpr auto flush_interval = 500ms; // and before it is in the file: half of what is promised

} // namespace

record_pump::record_pump(metrics::record_writer writer, kept keep, run_observer* observer)
    : writer_(std::move(writer)),
      keep_(keep),
      observer_(observer) {
  thread_ = std::thread{[this] { run(); }};
}

record_pump::~record_pump() {
  {
    const std::lock_guard lock{writing_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void record_pump::push(record_pointer record) {
  const std::lock_guard lock{pushing_};
  pushed_.push_back(std::move(record));
}

void record_pump::run() {
  std::unique_lock lock{writing_};
  instant flush_due = clock::now() + flush_interval;
  while (!wake_.wait_for(lock, pass_interval, [this] { return stopping_; })) {
    write_pushed();
    const instant now = clock::now();
    if (now < flush_due) continue;
    flush_due = now + flush_interval;
    attempt([this] { return writer_.flush(); });
    note_flush();
    attempt([this] { return writer_.keep_room(); });
  }
  write_pushed();
  attempt([this] { return writer_.flush(); });
}

void record_pump::write_pushed() {
  std::vector<record_pointer> taken;
  {
    const std::lock_guard lock{pushing_};
    taken.swap(pushed_);
  }
  for (const record_pointer& record : taken) {
    attempt([&] { return writer_.append(*record); });
    if (observer_) observer_->on_record(*record);
    if (keep_ == kept::those_of_a_level) level_.push_back(std::move(*record));
  }
  taken_ += taken.size();
}

// Also after a failure: the disk may have room again, and what was kept ahead of the file is there for the last
// records.
template<class Write>
bool record_pump::attempt(Write&& write) {
  const result<void> written = write();
  if (!written.has_error()) return true;
  if (!failure_) failure_ = written.error();
  failed_.store(true, std::memory_order_relaxed);
  return false;
}

void record_pump::note_flush() {
  const instant now = clock::now();
  longest_flush_gap_ = std::max(longest_flush_gap_, now - last_flush_);
  last_flush_ = now;
}

void record_pump::begin_level(const metrics::level_info& level) {
  const std::lock_guard lock{writing_};
  attempt([&] { return writer_.begin_level(level); });
  if (observer_) observer_->on_level_begin(level);
  last_flush_ = clock::now();
  longest_flush_gap_ = duration::zero();
}

void record_pump::end_level(metrics::level_end end) {
  const std::lock_guard lock{writing_};
  write_pushed();
  attempt([this] { return writer_.flush(); });
  note_flush();
  end.longest_flush_gap = longest_flush_gap_;
  attempt([&] { return writer_.end_level(end); });
  if (observer_) observer_->on_level_end(end);
}

bool record_pump::end_run(const metrics::run_end& end) {
  const std::lock_guard lock{writing_};
  write_pushed();
  return attempt([&] { return writer_.end_run(end); });
}

std::uint64_t record_pump::on_record() const {
  const std::lock_guard lock{writing_};
  return taken_ - writer_.unwritten();
}

std::vector<metrics::request_record> record_pump::take_level() {
  const std::lock_guard lock{writing_};
  return std::exchange(level_, {});
}

std::optional<error> record_pump::failure() const {
  const std::lock_guard lock{writing_};
  return failure_;
}

} // namespace loadgen::engine
