#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace loadgen::report {

/// Buckets of equal width over a range from 0 whose end is not known beforehand: where a position lies behind the last
/// one that may be, neighbours are merged and the width doubles. So there are never more than `most`, and once the
/// range was folded never fewer than half as many.
///
/// `Bucket` is default-constructed empty and has `void merge(const Bucket&)`.
template<class Bucket>
class folding_buckets {
public:
  /// `most`: even; `width`: at least 1.
  folding_buckets(std::size_t most, std::int64_t width) : most_(most), width_(width) {}

  /// The bucket that holds `position`, of which a negative one counts as 0. Valid until the next call.
  [[nodiscard]] Bucket& at(std::int64_t position) {
    const std::size_t place = place_of(position);
    if (place >= buckets_.size()) buckets_.resize(place + 1);
    return buckets_[place];
  }

  /// Calls `visit(bucket, overlap)` for each bucket that shares a part with [from, to), and the length of that part.
  template<class Visitor>
  void for_each_overlap(std::int64_t from, std::int64_t to, Visitor&& visit) {
    from = std::max<std::int64_t>(from, 0);
    if (to <= from) return;
    static_cast<void>(at(to - 1)); // folds first, so that the width below is final
    for (auto i = static_cast<std::size_t>(from / width_); i <= static_cast<std::size_t>((to - 1) / width_); ++i) {
      const std::int64_t begin = static_cast<std::int64_t>(i) * width_;
      visit(buckets_[i], std::min(to, begin + width_) - std::max(from, begin));
    }
  }

  [[nodiscard]] std::int64_t width() const noexcept { return width_; }

  [[nodiscard]] const std::vector<Bucket>& buckets() const noexcept { return buckets_; }

private:
  std::size_t place_of(std::int64_t position) {
    position = std::max<std::int64_t>(position, 0);
    while (position / width_ >= static_cast<std::int64_t>(most_)) fold();
    return static_cast<std::size_t>(position / width_);
  }

  void fold() {
    for (std::size_t i = 0; i < buckets_.size(); i += 2) {
      Bucket merged = std::move(buckets_[i]);
      if (i + 1 < buckets_.size()) merged.merge(buckets_[i + 1]);
      buckets_[i / 2] = std::move(merged);
    }
    buckets_.resize((buckets_.size() + 1) / 2);
    width_ *= 2;
  }

  std::size_t most_;
  std::int64_t width_;
  std::vector<Bucket> buckets_;
};

} // namespace loadgen::report
