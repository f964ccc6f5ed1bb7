#pragma once

#include "http/message_head.hpp"

#include <span>
#include <string>
#include <string_view>

namespace loadgen::http {

/// A response to be written by a server of this project. Names and values are the server's own and are not checked.
struct response {
  int status = 200;
  std::string_view content_type = "application/json";
  std::span<const header_field> headers = {}; ///< further headers; neither Connection nor those of the body
  bool keep_alive = true;                     ///< whether the connection stays open; `Connection: close` is sent if not
};

/// Appends the head of `what` with the media type text/event-stream and a chunked body, which append_chunk() and
/// append_last_chunk() write.
void append_event_stream_head(std::string& out, const response& what);

/// Appends all of `what`, its body framed by a Content-Length.
void append_response(std::string& out, const response& what, std::string_view body);

/// Appends `data` as one chunk; nothing when it is empty, since an empty chunk would end the body.
void append_chunk(std::string& out, std::string_view data);

/// Appends the chunk that ends a body.
void append_last_chunk(std::string& out);

} // namespace loadgen::http
