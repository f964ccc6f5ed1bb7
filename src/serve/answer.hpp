#pragma once

#include "serve/answer_text.hpp"
#include "serve/completion_request.hpp"
#include "serve/connection.hpp"
#include "serve/request_reader.hpp"
#include "serve/stream_schedule.hpp"
#include "serve/truth_line.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace loadgen::serve {

/// The service of one completion request: waits for its slot, then writes one thing after another, each when it is due.
/// A stream is its head, its token chunks and its closing events, each in a send of its own; any other answer is one
/// response when its last token is due.
class answer {
public:
  /// `created` is in seconds since 1970. Nothing is taken of `from` but copies.
  answer(const server_settings& settings, std::uint64_t id, const completion_request& asked, const http_request& from,
         std::int64_t created);

  [[nodiscard]] bool started() const noexcept { return schedule_.has_value(); }

  /// Gives it its slot: its schedule begins at `when`.
  void start(instant when);

  /// When the next write is due: the epoch where it is to follow the last one at once. Only once started.
  [[nodiscard]] instant due() const noexcept;

  /// Makes the next write if the socket takes it; `now` is just before. Returns how many tokens were written.
  std::uint32_t write_next(connection& to, instant now);

  [[nodiscard]] bool complete() const noexcept { return stage_ == stage::complete; }

  /// Whether the connection can carry another request after this one.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

  /// Its line for the truth file, where one is kept.
  [[nodiscard]] std::optional<std::string> truth(bool done) const;

  /// Its line for the transcript. Only where one is kept.
  [[nodiscard]] std::string transcript(bool done) const;

private:
  enum class stage : std::uint8_t { head, tokens, closing, whole, complete };

  [[nodiscard]] std::string head_bytes() const;
  [[nodiscard]] usage_counts usage() const noexcept;
  std::uint32_t write_tokens(connection& to, instant now);
  std::uint32_t write_whole(connection& to, instant now);

  const server_settings& settings_; // the server's, which outlives its answers
  std::uint64_t id_;
  completion_request asked_;
  answer_identity identity_;
  stream_framing framing_;
  bool keep_alive_;
  stage stage_;
  std::uint32_t next_token_ = 0;
  std::optional<stream_schedule> schedule_;
  std::optional<token_events> events_;
  std::optional<truth_line> truth_;
  std::string body_; // the request's, where a transcript is kept
};

} // namespace loadgen::serve
