#pragma once

#include "metrics/sample_set.hpp"

#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/summary.hpp>

#include <optional>

namespace loadgen::metrics {

/// Asked lengths against those that the server counted. Records in any order.
class length_meter {
public:
  explicit length_meter(sample_keeping keep) : input_(keep), output_(keep) {}

  void add(const request_record& record);

  /// Each once, behind the last record.
  [[nodiscard]] std::optional<length_comparison> input() { return input_.compared(); }

  [[nodiscard]] std::optional<length_comparison> output() { return output_.compared(); }

private:
  class side {
  public:
    explicit side(sample_keeping keep) : asked_(keep), achieved_(keep) {}

    void add(std::uint32_t asked, const std::optional<std::uint32_t>& achieved);

    [[nodiscard]] std::optional<length_comparison> compared();

  private:
    length_comparison counts_;
    sample_set asked_, achieved_;
  };

  side input_, output_;
};

} // namespace loadgen::metrics
