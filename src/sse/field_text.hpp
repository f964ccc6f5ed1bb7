#pragma once

#include <string>
#include <string_view>

namespace loadgen::sse {

/// A field's text: a view of bytes that the caller is about to lose, until keep() or append_line() copies them into a
/// buffer that is used again and again.
class field_text {
public:
  void view(std::string_view text) noexcept {
    view_ = text;
    kept_ = false;
  }

  void append_line(std::string_view line) {
    keep();
    buffer_ += '\n';
    buffer_ += line;
  }

  /// To be called while the bytes viewed are still there, if the text is to outlive them.
  void keep() {
    if (!kept_) buffer_.assign(view_);
    kept_ = true;
  }

  void clear() noexcept { view({}); }

  [[nodiscard]] std::string_view text() const noexcept { return kept_ ? std::string_view{buffer_} : view_; }

private:
  std::string_view view_;
  std::string buffer_;
  bool kept_ = false;
};

} // namespace loadgen::sse
