#pragma once

#include "http/message_parser.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::http {

/// Keeps all that a parser tells it.
struct recording_sink final : message_sink {
  void on_head(const message_head& next) override { heads.push_back(next); }

  void on_body(std::string_view piece) override { pieces.emplace_back(piece); }

  [[nodiscard]] std::string body() const {
    std::string joined;
    for (const std::string& piece : pieces) joined += piece;
    return joined;
  }

  std::vector<message_head> heads;
  std::vector<std::string> pieces;
};

} // namespace loadgen::http
