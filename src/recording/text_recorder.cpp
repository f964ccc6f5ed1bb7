#include "recording/text_recorder.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace loadgen::recording {

namespace {

using namespace std::chrono_literals;

constexpr auto pass_interval = 200ms; // well below the second that is promised
constexpr std::size_t line_overhead = 256;

} // namespace

text_recorder::text_recorder(metrics::append_file file, std::size_t memory_limit)
    : memory_limit_(memory_limit),
      file_(std::move(file)) {
  thread_.emplace(pass_interval, [this] { write_pushed(); });
}

result<std::unique_ptr<text_recorder>> text_recorder::create(const std::filesystem::path& file,
                                                             std::size_t memory_limit) {
  auto out = metrics::append_file::create(file, 0600);
  if (out.has_error()) return out.error();
  return std::unique_ptr<text_recorder>{new text_recorder{std::move(*out), memory_limit}};
}

text_recorder::~text_recorder() {
  thread_->stop();
}

void text_recorder::begin_phase(const recorded_phase& phase) {
  const std::lock_guard lock{pushing_};
  phase_ = phase;
}

void text_recorder::push(const metrics::request_record& record, const answer_collector& answer) {
  // A request that found no connection has had no response: what the collector holds is of an earlier one.
  const bool answered = record.first_byte.has_value();
  line made;
  made.index = record.index;
  made.target = record.target;
  made.dataset_line = record.dataset_line;
  made.end = record.end;
  made.why = record.why;
  made.finish_reason = record.finish_reason;
  if (answered) {
    made.text = answer.answer();
    made.reasoning = answer.reasoning();
  }
  const std::size_t size = made.text.size() + made.reasoning.size() + line_overhead;
  const std::lock_guard lock{pushing_};
  if (pushed_bytes_ + size > memory_limit_) {
    ++lost_;
    return;
  }
  pushed_bytes_ += size;
  made.phase = phase_;
  pushed_.push_back(std::move(made));
}

std::string text_recorder::format(const line& one) {
  const boost::json::object members{
      {"level", one.phase.level},
      {"trial", one.phase.trial},
      {"warmup", one.phase.warmup},
      {"index", one.index},
      {"target", one.target},
      {"dataset_line", one.dataset_line},
      {"outcome", to_string(one.end)},
      {"cause", to_string(one.why)},
      {"finish_reason", one.finish_reason},
      {"text", one.text},
      {"reasoning", one.reasoning},
  };
  return boost::json::serialize(members) + '\n';
}

void text_recorder::write_pushed() {
  const std::lock_guard lock{writing_};
  std::vector<line> taken;
  std::size_t bytes = 0;
  {
    const std::lock_guard pushing{pushing_};
    taken.swap(pushed_);
    bytes = pushed_bytes_;
  }
  if (taken.empty()) return;
  std::string lines;
  for (const line& one : taken) lines += format(one);
  if (!failure_)
    if (const auto written = file_.append(lines); written.has_error()) failure_ = written.error();
  const std::lock_guard pushing{pushing_};
  pushed_bytes_ -= bytes;
}

void text_recorder::end() {
  write_pushed();
}

std::uint64_t text_recorder::lost() const {
  const std::lock_guard lock{pushing_};
  return lost_;
}

std::optional<error> text_recorder::failure() const {
  const std::lock_guard lock{writing_};
  return failure_;
}

} // namespace loadgen::recording
