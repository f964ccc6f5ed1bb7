#include "recording/recording_lane.hpp"

namespace loadgen::recording {

namespace {

constexpr std::size_t usual_entry = 4096; // of room beyond a full block, so that its last entry does not move it
constexpr std::size_t most_spares = 4;

} // namespace

std::string& recording_lane::block() {
  if (!filling_.empty()) return filling_;
  if (!spare_.empty()) {
    filling_ = std::move(spare_.back());
    spare_.pop_back();
  }
  filling_.reserve(block_fills_at + usual_entry);
  filling_.assign(metrics::block_header_size, '\0');
  encode_worker(filling_, worker_);
  return filling_;
}

void recording_lane::close_if_full() {
  if (filling_.size() < block_fills_at) return;
  full_.push_back(std::move(filling_));
  filling_.clear();
}

recording_lane::begun recording_lane::add_request(const recorded_exchange& exchange, std::string_view request) {
  const std::lock_guard lock{mutex_};
  ++totals_.exchanges;
  const begun made{next_number_++, has_room()};
  if (!made.kept) {
    ++totals_.lost_exchanges;
    totals_.missing_bytes += request.size();
    return made;
  }
  encode_request(block(), made.number, exchange, request);
  close_if_full();
  return made;
}

bool recording_lane::add_read(std::uint64_t number, const read_facts& facts, std::string_view bytes) {
  const std::lock_guard lock{mutex_};
  if (!has_room()) return false;
  encode_read(block(), number, facts, bytes, epoch_);
  close_if_full();
  return true;
}

void recording_lane::add_end(std::uint64_t number, const recorded_end& end, std::uint64_t missing_bytes) {
  const std::lock_guard lock{mutex_};
  if (missing_bytes > 0) {
    ++totals_.cut_exchanges;
    totals_.missing_bytes += missing_bytes;
  }
  if (given_up_) return;
  if (missing_bytes > 0) encode_missing(block(), number, missing_bytes);
  encode_end(block(), number, end, epoch_);
  close_if_full();
}

void recording_lane::count_lost(std::uint64_t bytes) {
  const std::lock_guard lock{mutex_};
  totals_.missing_bytes += bytes;
}

void recording_lane::give_back(std::vector<std::string> used) {
  const std::lock_guard lock{mutex_};
  taken_ -= used.size();
  for (std::string& block : used) {
    if (spare_.size() == most_spares) return;
    block.clear();
    spare_.push_back(std::move(block));
  }
}

std::vector<std::string> recording_lane::take(bool all) {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> taken = std::move(full_);
  full_.clear();
  if (all && !filling_.empty()) {
    taken.push_back(std::move(filling_));
    filling_.clear();
  }
  taken_ += taken.size();
  return taken;
}

recording_totals recording_lane::totals() const {
  const std::lock_guard lock{mutex_};
  return totals_;
}

void recording_lane::give_up() {
  const std::lock_guard lock{mutex_};
  given_up_ = true;
}

} // namespace loadgen::recording
