#pragma once

#include "protocol/stream_base.hpp"

#include <string>
#include <string_view>

/// Streams of the engines' own endpoints. What each takes for content is what its server generated and a user would
/// see; progress events and special tokens are none.
namespace loadgen::protocol {

/// llama.cpp, POST /completion: `content` of each event; the last one has `"stop":true`, token counts and `timings`.
/// There is no [DONE].
class llamacpp_stream final : public scanned_stream {
public:
  llamacpp_stream();

  [[nodiscard]] std::string_view end_mark_name() const noexcept override { return "\"stop\":true"; }

private:
  event_facts read(std::string_view type) override;
};

/// Text Generation Inference, POST /generate_stream: `token.text` of each event, unless the token is a special one,
/// such as that of the end. The last event has `generated_text` and, as they are asked for, `details`. There is no
/// [DONE].
class tgi_stream final : public scanned_stream {
public:
  tgi_stream();

  [[nodiscard]] std::string_view end_mark_name() const noexcept override { return "generated_text or details"; }

private:
  event_facts read(std::string_view type) override;
};

/// SGLang, POST /generate: `text` and `meta_info` in each event. `text` is all that was generated so far or, where the
/// server was started so, what is new: told by whether each text begins with the one before it. Until two events have
/// told, it is taken for all so far.
class sglang_stream final : public scanned_stream {
public:
  sglang_stream();
  void reset() override;

  [[nodiscard]] std::string_view end_mark_name() const noexcept override { return "meta_info.finish_reason or [DONE]"; }

private:
  event_facts read(std::string_view type) override;
  [[nodiscard]] std::string_view take_new_text();

  std::string text_so_far_;
  bool only_new_text_ = false;
};

/// A server of text pieces, POST /generate: each event of the default type is a piece of text as it is; `event: done`
/// ends the stream with a JSON summary of the server's own counts and times, all of whose numbers are kept.
class text_piece_stream final : public stream_base {
public:
  text_piece_stream();

  void keep_text(bool /*keep*/) override {}

  event_facts on_event(std::string_view type, std::string_view data) override;

  [[nodiscard]] std::string_view end_mark_name() const noexcept override { return "event: done"; }

private:
  void take_summary(std::string_view data);

  path_scanner summary_;
};

} // namespace loadgen::protocol
