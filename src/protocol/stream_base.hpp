#pragma once

#include "protocol/path_scanner.hpp"
#include "protocol/stream_reader.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace loadgen::protocol {

/// What the readers of all endpoints have in common: the facts of the stream, and its first fault.
class stream_base : public stream_reader {
public:
  [[nodiscard]] const stream_facts& facts() const noexcept override { return facts_; }

  [[nodiscard]] stream_fault fault() const noexcept override { return fault_; }

  [[nodiscard]] const std::string& fault_message() const noexcept override { return fault_message_; }

  void reset() override;

protected:
  /// What an event holds that carries no payload, the done marker or a blank; nothing where it carries one.
  std::optional<event_facts> read_without_payload(std::string_view data);

  void note_error(std::string_view data);       ///< an event whose data says what went wrong
  void note_error_message(std::string message); ///< the same, with the server's words; "": it gave none
  void note_not_json(std::string_view data, const boost::system::error_code& why);

  /// The end mark of the endpoint, with the server's word for why it ended.
  void finish(std::string_view reason);

  stream_facts facts_;

private:
  void note_fault(stream_fault fault, std::string message);

  stream_fault fault_ = stream_fault::none;
  std::string fault_message_;
};

/// A stream whose every event of the default type is a JSON object with what counts at fixed paths.
class scanned_stream : public stream_base {
public:
  void keep_text(bool /*keep*/) override {} // it is at hand anyway

  event_facts on_event(std::string_view type, std::string_view data) final;

  [[nodiscard]] bool has_ended() const noexcept final {
    return ends_by_ == end_marks::finish ? facts_.finished : facts_.end_mark();
  }

protected:
  enum class end_marks : std::uint8_t { finish, finish_or_done };

  /// `error_path`: which of the paths has an error, where there is one. `ends_by`: what a stream may end with.
  scanned_stream(std::span<const std::string_view> paths, std::size_t error_path, end_marks ends_by)
      : scanner_(paths),
        error_path_(error_path),
        ends_by_(ends_by) {}

  /// What an event holds whose payload has been scanned.
  virtual event_facts read(std::string_view type) = 0;

  [[nodiscard]] const found_value& at(std::size_t path) const { return scanner_.at(path); }

  /// Takes the count at that path over where it has one.
  void take_count(std::optional<std::uint32_t>& count, std::size_t path) const;

  /// Takes what has been collected over as the server's own figures.
  void take_figures();

private:
  path_scanner scanner_;
  std::size_t error_path_;
  end_marks ends_by_;
};

/// Whether an event's data is nothing but white space, as some gateways send it for a heartbeat.
[[nodiscard]] bool is_blank(std::string_view data) noexcept;

inline constexpr std::string_view done_marker = "[DONE]";

} // namespace loadgen::protocol
