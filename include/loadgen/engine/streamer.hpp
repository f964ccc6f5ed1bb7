#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/metrics/record.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace loadgen::engine {

/// One event of a stream that carries generated content.
struct content_event {
  std::string text;      ///< of the answer; empty where the event carries only reasoning or arguments of a tool call
  std::string reasoning; ///< of the reasoning; empty where there is none
  instant arrival;       ///< the kernel's receive stamp; whether it was shared is in the record's chunk_stamp
};

/// Streams single requests, outside any plan, with the stamps of a run: for tools that have a loop of their own.
/// Connections are kept between requests and shared by all of them.
///
/// Thread-safety: none: all calls, and all that is called back, on the one thread (or strand) of the executor. A thread
/// of its own receives. Lifetime: requests under way keep what they need, so it may go before they have ended.
class streamer {
public:
  /// Called through the executor for each content event, in order. What it does delays no stamp.
  using content_callback = std::function<void(const content_event&)>;

  /// Takes the first target of `settings`, whose name is looked up now. `executor` must run on one thread at a time.
  /// Errors: invalid_input without a target or for a header that HTTP cannot carry, unreachable where its name has no
  /// address.
  [[nodiscard]] static result<streamer> create(boost::asio::any_io_executor executor, const client_settings& settings,
                                               answer_form asked);

  /// What was moved from may only be destroyed or assigned to.
  streamer(streamer&&) noexcept;
  /// Lets go of what this streamer was, as its destructor does.
  streamer& operator=(streamer&&) noexcept;
  /// Requests under way go on to their end: call cancel_all() before to end them.
  ~streamer();

  /// Posts `body`, the JSON of one streaming request, and reads the answer to its end. The record has all clock points
  /// but `planned`, and how it ended: a failure of the server or the network is an outcome there, not an error. What a
  /// plan would have told (index, asked_output ...) is left at its default. Several at once are fine. All content
  /// events have been called back before this completes. Cancellation: cancel_all().
  [[nodiscard]] boost::asio::awaitable<metrics::request_record> stream(std::string body,
                                                                       content_callback on_content = {});

  /// Ends all requests under way as cancelled, for the cause interrupt.
  void cancel_all();

private:
  struct state;
  explicit streamer(std::shared_ptr<state> made) noexcept;
  std::shared_ptr<state> state_;
};

} // namespace loadgen::engine
