#pragma once

#include "client/exchange_tap.hpp"
#include "client/stream_meter.hpp"
#include "http/message_parser.hpp"
#include "net/connection.hpp"
#include "protocol/answer_reader.hpp"
#include "protocol/stream_reader.hpp"
#include "sse/event_parser.hpp"

#include <loadgen/base/endpoint.hpp>
#include <loadgen/metrics/record.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::client {

/// Hears the content of a response while it comes.
class content_listener {
public:
  /// A response begins. Where content of an earlier one came and that was no whole answer, this is a further attempt.
  virtual void on_begin() {}

  /// One content event. The texts are empty where it carries something else, such as arguments of a tool call. Called
  /// by the thread that reads.
  virtual void on_content(std::string_view answer_text, std::string_view reasoning_text, instant arrival) = 0;

protected:
  ~content_listener() = default;
};

/// Turns the bytes of one response and their arrivals into a request's record: clock points, content arrivals, token
/// counts and, at the end, the outcome. Sans-IO but for one clock read a batch of content events (its receive lag).
///
/// Thread-safety: one thread at a time; between begin() and conclude() that is the receive loop's.
class response_reader final : public net::stream_sink, private http::message_sink, private sse::event_sink {
public:
  /// `meter` must live as long as this.
  response_reader(answer_form asked, stream_meter& meter);

  /// Tells `listener` of all content from now on. It must live as long as this.
  void tell(content_listener& listener);

  /// The same for a second one, which stays whoever is told by tell(). It must live as long as this.
  void tell_as_well(content_listener& listener);

  /// Shows `tap` all reads from now on. It must live as long as this.
  void show(exchange_tap& tap) noexcept { tap_ = &tap; }

  /// The next bytes belong to `record`'s response. `record` must live until conclude().
  void begin(metrics::request_record& record);

  appetite on_bytes(std::string_view bytes, const net::arrival& when) override;

  /// The same for a read of the past, which took that long to decode.
  appetite on_recorded_bytes(std::string_view bytes, const net::arrival& when, std::optional<decode_lag> lag);

  /// The exchange has ended: fills the record's outcome. `cancelled_for` is why it was cancelled, when it was.
  void conclude(const net::exchange_result& result, metrics::cause cancelled_for);

  /// The same for an exchange of the past, with the concluding_lag() it had then.
  void conclude_recorded(const net::exchange_result& result, metrics::cause cancelled_for,
                         std::optional<decode_lag> lag);

  /// How long after its arrival an answer had been decoded that only the end of the connection ended; of the last
  /// conclude(). Unset where there was none.
  [[nodiscard]] std::optional<decode_lag> concluding_lag() const noexcept { return lag_; }

  /// Whether the connection can carry another request: the response was whole, and nothing followed it.
  [[nodiscard]] bool connection_reusable() const noexcept;

  /// What the server said of how long it keeps connections.
  [[nodiscard]] const http::keep_alive_limits& keep_alive() const noexcept { return keep_alive_; }

private:
  enum class body_use : std::uint8_t { events, answer, message, nothing };

  struct whole_response {
    std::string body;
    protocol::whole_answer answer;
  };

  void on_head(const http::message_head& head) override;
  void on_body(std::string_view piece) override;
  void on_event(const sse::event& next) override;

  [[nodiscard]] appetite take(std::string_view bytes);
  void tell_begin();
  void tell_content(std::string_view answer_text, std::string_view reasoning_text);
  void close_batch(std::size_t first_of_batch);
  void measure_batch(std::size_t first_of_batch) noexcept;
  void take_whole_answer();
  void add_chunk(std::uint8_t flags);
  void refuse(metrics::cause why, std::string message);

  [[nodiscard]] bool refused() const noexcept { return refusal_ != metrics::cause::none; }

  void fail(metrics::cause why, std::string_view message);
  void judge(const net::exchange_result& result);
  void judge_unfinished(const net::exchange_result& result);

  [[nodiscard]] const protocol::stream_facts& facts() const noexcept {
    return whole_ ? whole_->answer.facts : stream_->facts();
  }

  answer_form asked_;
  std::unique_ptr<protocol::stream_reader> stream_;
  std::unique_ptr<whole_response> whole_; // where no stream was asked for; else null
  http::message_parser http_;
  sse::event_parser sse_;
  stream_meter& meter_;
  content_listener* listener_ = nullptr;
  content_listener* second_listener_ = nullptr;
  exchange_tap* tap_ = nullptr;

  metrics::request_record* record_ = nullptr;
  net::arrival now_{};                  // of the read being taken apart
  std::optional<decode_lag> lag_;       // of that read, once it has brought content
  std::optional<decode_lag> known_lag_; // what it is to be, of a read of the past
  body_use body_use_ = body_use::nothing;
  bool terminal_seen_ = false;
  bool trailing_bytes_ = false;
  metrics::cause refusal_ = metrics::cause::none; // what makes the response unacceptable, known before its end
  std::string refusal_message_;
  std::string message_body_; // of an error response, up to a limit
  http::keep_alive_limits keep_alive_;
};

/// What a further attempt starts from: all that the one before has found is forgotten, but when the user began to wait.
void forget_response(metrics::request_record& record);

} // namespace loadgen::client
