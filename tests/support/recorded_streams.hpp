#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::test {

/// One response of a real engine, as it went over the wire.
struct recorded_stream {
  std::string name;  ///< the file's name without its ending: "vllm-chat-stream_usage"
  std::string bytes; ///< HTTP head, then the body with its framing
};

/// The recording of that name (see tests/data/streams/README.md). Throws std::runtime_error when there is none, so that
/// a test that asks for it fails.
[[nodiscard]] inline recorded_stream load_recorded_stream(std::string_view name) {
  const auto path = std::filesystem::path{LOADGEN_TEST_DATA} / "streams" / (std::string{name} + ".http");
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("no recorded stream " + path.string());
  return {std::string{name}, std::string{std::istreambuf_iterator<char>{file}, {}}};
}

/// The names of all recordings, sorted.
[[nodiscard]] inline std::vector<std::string> recorded_stream_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{std::filesystem::path{LOADGEN_TEST_DATA} / "streams"})
    if (entry.path().extension() == ".http") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// All recordings, sorted by name.
[[nodiscard]] inline std::vector<recorded_stream> load_recorded_streams() {
  std::vector<recorded_stream> streams;
  for (const std::string& name : recorded_stream_names()) streams.push_back(load_recorded_stream(name));
  return streams;
}

} // namespace loadgen::test
