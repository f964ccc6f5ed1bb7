#include "workload/block_reader.hpp"

#include <algorithm>

namespace loadgen::workload {

namespace {

constexpr std::size_t block_size = 262'144;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

result<bool> block_reader::more() {
  if (at_end_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + block_size);
  const auto count = bytes_.read(read_, {buffer_.data() + kept, block_size});
  if (count.has_error()) return count.error();
  buffer_.resize(kept + *count);
  hash_.update(rest().substr(kept));
  const bool first = read_ == 0;
  read_ += *count;
  at_end_ = *count < block_size;
  if (first && buffer_.starts_with(byte_order_mark)) consume(byte_order_mark.size());
  return *count > 0;
}

void block_reader::consume(std::size_t count) {
  line_ += static_cast<std::uint32_t>(std::ranges::count(rest().substr(0, count), '\n'));
  begin_ += count;
  offset_ += count;
}

} // namespace loadgen::workload
