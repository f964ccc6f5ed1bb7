#pragma once

#include "protocol/usage_tally.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::protocol {

/// What one JSON payload of a chat or completions stream holds. All stays empty where the payload is no object.
struct payload_facts {
  bool answer = false;              ///< some choice has content, text, tool-call or function-call arguments, not empty
  bool text = false;                ///< ... content or text among it
  bool reasoning = false;           ///< some choice has non-empty reasoning or reasoning_content
  bool named_reasoning = false;     ///< ... under the name `reasoning`
  bool blank = false;               ///< some choice has an empty content or text, and no role
  bool call = false;                ///< some choice has a tool call or a function call, with arguments or without
  bool error = false;               ///< a root `error` that is not null, false, 0 or ""
  std::uint32_t choices = 0;        ///< how many objects `choices` has
  std::uint32_t first_choice = 0;   ///< the `index` of the first of them
  std::uint32_t highest_choice = 0; ///< the highest `index` among them
  std::string finish_reason;        ///< of the first choice that has one; "" when none has
  std::string answer_text;          ///< all choices' content or text, in order; only where it is kept
  std::string reasoning_text;       ///< the same of reasoning and reasoning_content
  usage_figures usage;              ///< root `usage`
  std::vector<std::pair<std::string, double>> timings; ///< numbers of the root object `timings`, the first 64
};

/// Reads payloads with a SAX parser: the whole text is validated as JSON (RFC 8259, UTF-8, at most 32 levels deep), and
/// nothing is kept but the facts. Where an object repeats a key the last value holds. It allocates only to grow its
/// buffers, and for `timings`. Text is only kept on request: a measurement has no use for it.
///
/// Thread-safety: none.
class payload_parser {
public:
  payload_parser();
  ~payload_parser();

  /// Whether the text of content is kept; at first it is not.
  void keep_text(bool keep) noexcept;

  /// Reads one payload. The error says why it is not one JSON text; then no facts are left.
  [[nodiscard]] boost::system::error_code parse(std::string_view payload);

  /// Of the last payload, until the next call of parse(). The caller may take the values out of them.
  [[nodiscard]] payload_facts& facts() noexcept;

private:
  struct sax;
  std::unique_ptr<sax> sax_;
};

} // namespace loadgen::protocol
