#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::protocol {

/// What stands at a path of a JSON text.
struct found_value {
  enum class kind : std::uint8_t { absent, null, boolean, number, text, object, array };

  kind is = kind::absent;
  bool truth = false; ///< of a boolean
  double number = 0;  ///< of a number
  std::string text;   ///< of a text

  [[nodiscard]] bool is_text() const noexcept { return is == kind::text; }

  /// A number as a count; nothing where it is none, below 0, or not whole.
  [[nodiscard]] std::optional<std::uint32_t> count() const noexcept;

  /// Whether it says something went wrong, where an API has its error: anything but absent, null, false, 0 and "".
  [[nodiscard]] bool is_truthy() const noexcept;
};

/// Finds the values at a few paths of JSON objects within objects, such as "meta_info.finish_reason.type": the whole
/// text is validated as JSON (RFC 8259, UTF-8, at most 32 levels deep), and everything else is passed over. Where an
/// object repeats a key the last value holds. A path that ends in ".*" collects the numbers among an object's members,
/// and "*" those of the root; a key that has a path of its own is not among them.
///
/// It allocates only to grow its buffers, and for what it collects. Thread-safety: none.
class path_scanner {
public:
  explicit path_scanner(std::span<const std::string_view> paths);
  ~path_scanner();

  /// Reads one JSON text. The error says why it is not one; then nothing is found.
  [[nodiscard]] boost::system::error_code scan(std::string_view text);

  /// What the last text has at the path of that place in the constructor's list. Valid until the next scan().
  [[nodiscard]] const found_value& at(std::size_t path) const;

  /// Names and values of the last text's collected numbers, the first 64. The caller may take them.
  [[nodiscard]] std::vector<std::pair<std::string, double>>& collected() noexcept;

private:
  struct sax;
  std::unique_ptr<sax> sax_;
};

} // namespace loadgen::protocol
