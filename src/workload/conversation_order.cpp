#include <loadgen/workload/conversation.hpp>

#include <algorithm>

namespace loadgen::workload {

result<conversation_order> conversation_order::make(const dataset& lines, std::uint32_t copies) {
  conversation_order made;
  made.copies_ = copies;
  made.ends_.reserve(lines.entries.size());
  std::uint64_t requests = 0;
  for (std::size_t i = 0; i < lines.entries.size(); ++i) {
    const auto entry = lines.entries.at(i);
    if (entry.has_error()) return entry.error();
    requests += std::max<std::size_t>(entry->turns.size(), 1);
    made.ends_.push_back(requests);
  }
  return made;
}

std::size_t conversation_order::line_of(std::uint64_t number) const noexcept {
  return static_cast<std::size_t>(number / copies_ % ends_.size());
}

std::uint32_t conversation_order::turns_of(std::uint64_t number) const noexcept {
  const std::size_t line = line_of(number);
  return static_cast<std::uint32_t>(ends_[line] - (line == 0 ? 0 : ends_[line - 1]));
}

std::uint64_t conversation_order::requests_before(std::uint64_t number) const noexcept {
  const std::uint64_t rounds = number / copies_ / ends_.size();
  const std::size_t line = line_of(number);
  const std::uint64_t of_lines_before = rounds * ends_.back() + (line == 0 ? 0 : ends_[line - 1]);
  return of_lines_before * copies_ + number % copies_ * turns_of(number);
}

std::uint64_t conversation_order::conversation_at(std::uint64_t index) const noexcept {
  const std::uint64_t a_round = ends_.back() * copies_;
  const std::uint64_t in_round = index % a_round;
  const auto line =
      static_cast<std::uint64_t>(std::upper_bound(ends_.begin(), ends_.end(), in_round / copies_) - ends_.begin());
  const std::uint64_t first = (index / a_round * ends_.size() + line) * copies_; // of the line's copies
  return first + (index - requests_before(first)) / turns_of(first);
}

std::uint64_t conversation_order::conversations_for(std::uint64_t requests) const noexcept {
  return requests == 0 ? 0 : conversation_at(requests - 1) + 1;
}

} // namespace loadgen::workload
