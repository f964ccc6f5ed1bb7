#pragma once

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The records of a run, and every figure that is derived from them (docs/metrics.md).
namespace loadgen::metrics {

/// How a request ended. issued = completed + failed + cancelled.
enum class outcome : std::uint8_t {
  completed, ///< 2xx, framing complete, no error in the stream, the endpoint's end mark seen
  failed,    ///< for one `cause`
  cancelled, ///< by the drain limit or an interrupt
};

/// Why a request did not complete. `none` for a completed one; the last two belong to cancelled ones.
enum class cause : std::uint8_t {
  none,                   ///< it completed
  dns,                    ///< the host's name could not be resolved
  connect,                ///< no address accepted a connection
  connect_timeout,        ///< no address answered within the connect timeout
  tls,                    ///< the handshake or the certificate failed
  send,                   ///< the connection broke while the request was being written
  closed_before_response, ///< the connection ended before the first byte of the response
  http_status,            ///< the status was not 2xx; the record has the code
  protocol,               ///< the response is not HTTP/1.1 as specified, or has a coding that was not asked for
  content_type,           ///< 2xx with another type than the endpoint's
  truncated,              ///< the connection ended inside the response, or the stream without its end mark
  in_band_error,          ///< an error object or an `event: error` inside a 2xx stream
  bad_payload,            ///< an event's data is not JSON
  stall_timeout,          ///< no byte for the stall timeout
  timeout,                ///< the whole request took longer than its timeout
  too_large,              ///< a header block, an event or a body above the client's limits
  drain_limit,            ///< cancelled: still running when the drain time was over
  interrupt,              ///< cancelled: by SIGINT or SIGTERM
};

/// All causes in the order of the enumeration, `none` first.
inline constexpr std::size_t cause_count = static_cast<std::size_t>(cause::interrupt) + 1;

/// The name used in JSON and CSV: "stall_timeout". `none` is "".
[[nodiscard]] std::string_view to_string(cause why) noexcept;

/// The name used in JSON and CSV: "completed".
[[nodiscard]] std::string_view to_string(outcome end) noexcept;

/// The arrival of one event that carries generated content.
struct chunk_stamp {
  /// Bits of `flags`.
  enum : std::uint8_t {
    coalesced =
        1U << 0U, ///< a later content event came out of the same read: its own arrival is unknown, at most `arrival`
    behind = 1U << 1U,       ///< the worker had not slept since its previous harvest, or was not run when it was due
    answer = 1U << 2U,       ///< carries content, text or tool-call arguments (not only reasoning)
    user_stamped = 1U << 3U, ///< the kernel gave no stamp: `arrival` is the time the read returned
    /// Reasoning alone, under the name `reasoning_content`: neither `reasoning` nor a blank content (see
    /// empty_event_stamp) is beside it. Some clients do not see it.
    reasoning_content = 1U << 4U,
    calls_only = 1U << 5U, ///< arguments of tool or function calls alone, no text: some clients do not see it
    whole =
        1U << 6U, ///< not an event but the answer as a whole, which was not asked for as a stream: it tells of no token
  };

  instant arrival;                                               ///< kernel receive stamp of the read that completed it
  std::chrono::duration<std::uint32_t, std::nano> receive_lag{}; ///< decoded - arrival; at most 4.29 s
  std::uint8_t flags = 0;                                        ///< which of the bits above hold

  /// Whether one of the bits above is set: has(chunk_stamp::answer).
  [[nodiscard]] constexpr bool has(std::uint8_t bit) const noexcept { return (flags & bit) != 0; }
};

/// The arrival of one event that has a choice but carries no content: one with only a role, a finish_reason or the name
/// of a tool. It is in no figure of this project; other tools take some of these for tokens.
struct empty_event_stamp {
  /// Bits of `flags`.
  enum : std::uint8_t {
    blank = 1U << 0U, ///< content or text is the empty string, and no role is there: a token that decodes to nothing
    call = 1U << 1U,  ///< part of a tool or function call without arguments: its name
  };

  instant arrival;        ///< as that of a chunk_stamp
  std::uint8_t flags = 0; ///< which of the bits above hold

  /// Whether one of the bits above is set: has(empty_event_stamp::blank).
  [[nodiscard]] constexpr bool has(std::uint8_t bit) const noexcept { return (flags & bit) != 0; }
};

/// Token counts the server reported in its `usage`; unset where it reported none.
struct token_usage {
  std::optional<std::uint32_t> input;     ///< prompt_tokens
  std::optional<std::uint32_t> cached;    ///< prompt_tokens_details.cached_tokens
  std::optional<std::uint32_t> output;    ///< completion_tokens
  std::optional<std::uint32_t> reasoning; ///< completion_tokens_details.reasoning_tokens
};

/// Where a request stands in its conversation.
struct conversation_place {
  std::uint64_t number = 0; ///< of the conversation: in its level and trial (in warm-up: its own count), from 0
  std::uint32_t turn = 1;   ///< from 1
  std::uint32_t turns = 1;  ///< how many the conversation was planned to have

  /// Member by member.
  friend bool operator==(const conversation_place&, const conversation_place&) = default;
};

/// One request from plan to end: its clock points, its content arrivals and how it ended. Every figure of every report
/// is derived from these. Clock points are unset where the request never got there.
struct request_record {
  std::uint64_t index = 0;        ///< place in the plan of its level and trial (in warm-up: its own count), from 0
  bool warmup = false;            ///< sent before the measured phase; in no figure
  std::uint16_t worker = 0;       ///< which worker ran it, from 0
  std::uint16_t target = 0;       ///< which --url, from 0
  std::uint32_t dataset_line = 0; ///< which dataset entry, from 0

  std::optional<conversation_place> conversation; ///< unset: the dataset has none

  /// When it was to go out: in an open loop by the schedule, as a later turn of a conversation when the think time
  /// after the reply before was over.
  std::optional<instant> planned;
  std::optional<instant> released;    ///< a coroutine began to work on it
  std::optional<instant> connected;   ///< connection ready; equal to released on a reused one
  std::optional<instant> sent;        ///< just before its first byte was written
  std::optional<instant> first_byte;  ///< arrival of the response's first byte
  std::optional<instant> first_event; ///< arrival of the first SSE event of any kind
  std::optional<instant> done;        ///< arrival of the terminal event or of the end of the body
  std::optional<instant> ended;       ///< when the client was through with it, whatever the outcome

  /// How long after `sent` its first byte may have left: until the system call that took it had returned. Unset in
  /// records of format version 1.
  std::optional<duration> send_time;

  duration cap_wait{};     ///< open loop: time spent waiting at the concurrency cap the user asked for
  duration connect_time{}; ///< TCP connect of the connection it used, zero when reused
  duration tls_time{};     ///< TLS handshake, zero when reused or plain

  std::vector<chunk_stamp> chunks;             ///< content events in order of arrival
  std::vector<empty_event_stamp> empty_events; ///< events with a choice and no content, in order of arrival

  token_usage usage;              ///< the server's own count, and not that of `chunks`: a chunk may hold several tokens
  std::uint32_t asked_output = 0; ///< max_tokens asked for; 0: none was
  std::string finish_reason;      ///< of the first choice; "" when none was seen

  outcome end = outcome::failed; ///< of the last attempt
  cause why = cause::none;       ///< of a failed or cancelled request; none of a completed one
  std::uint16_t http_status = 0; ///< 0: no response line was read
  std::string message;           ///< first words of the server, or of the system, on why it failed; at most 300 bytes

  std::uint16_t stale_reconnects = 0; ///< reused connections found closed before the request's first byte was written
  std::uint16_t retries = 0;          ///< attempts beyond the first (--retries)
  bool reused_connection = false;     ///< the last attempt went out on a connection that had carried a request before
  std::uint64_t bytes_sent = 0;       ///< HTTP heads and bodies as written to the socket, over all attempts
  std::uint64_t bytes_received = 0;   ///< the same as read from it: with heads, chunk sizes and SSE framing

  /// Figures the server told of this request outside `usage` (llama.cpp `timings`): name and value as sent.
  std::vector<std::pair<std::string, double>> server_figures;
};

} // namespace loadgen::metrics
