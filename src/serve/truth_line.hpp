#pragma once

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What is known of a request when it arrives.
struct truth_start {
  std::uint64_t id = 0;
  std::string_view path, body_sha256;
  bool stream = false;
  std::uint32_t tokens = 0, tokens_per_chunk = 1;
  instant received;
  bool kernel_stamp = false;
};

/// One line of the truth file in the making. Each write is put into text as it happens, which costs some ten
/// nanoseconds a token, so that the end of a long answer is no pause for the others.
class truth_line {
public:
  explicit truth_line(const truth_start& start);

  void started(instant when) noexcept { started_ = when; }

  void head(instant when) noexcept { head_ = when; }

  /// `took`: until the send call had returned.
  void written(instant when, duration took);

  void closed(instant when) noexcept { closed_ = when; }

  /// The whole line, with its line feed.
  [[nodiscard]] std::string finish(bool done) const;

private:
  std::string known_at_arrival_;
  std::optional<instant> started_, head_, closed_;
  std::string written_, slow_sends_;
  std::uint32_t writes_ = 0;
};

} // namespace loadgen::serve
