#pragma once

#include "client/response_reader.hpp"
#include "metrics/block_file.hpp"
#include "recording/periodic_thread.hpp"

#include <loadgen/recording/exchanges.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::recording {

/// Collects the answer of one request after another.
class answer_collector final : public client::content_listener {
public:
  void on_begin() override {
    answer_.clear();
    reasoning_.clear();
  }

  void on_content(std::string_view answer_text, std::string_view reasoning_text, instant) override {
    answer_ += answer_text;
    reasoning_ += reasoning_text;
  }

  [[nodiscard]] const std::string& answer() const noexcept { return answer_; }

  [[nodiscard]] const std::string& reasoning() const noexcept { return reasoning_; }

private:
  std::string answer_;
  std::string reasoning_;
};

/// Writes raw/texts.jsonl, a line for each request that has ended, from a thread of its own. Where the disk cannot keep
/// up, texts beyond the memory limit are left out, and counted.
///
/// Thread-safety: push() from any thread, all else from one at a time.
class text_recorder {
public:
  /// Creates `file`, which must not exist, to be read by its owner alone. Errors: io.
  [[nodiscard]] static result<std::unique_ptr<text_recorder>> create(const std::filesystem::path& file,
                                                                     std::size_t memory_limit);

  text_recorder(const text_recorder&) = delete;
  text_recorder& operator=(const text_recorder&) = delete;
  ~text_recorder();

  /// All requests that are pushed from now on belong to `phase`.
  void begin_phase(const recorded_phase& phase);

  /// `record` has ended with what `answer` has collected.
  void push(const metrics::request_record& record, const answer_collector& answer);

  /// Ends the file.
  void end();

  /// How many texts there was no room for.
  [[nodiscard]] std::uint64_t lost() const;

  /// The first failure to write, behind which nothing is kept.
  [[nodiscard]] std::optional<error> failure() const;

private:
  struct line {
    recorded_phase phase;
    std::uint64_t index = 0;
    std::uint16_t target = 0;
    std::uint32_t dataset_line = 0;
    metrics::outcome end = metrics::outcome::failed;
    metrics::cause why = metrics::cause::none;
    std::string finish_reason, text, reasoning;
  };

  text_recorder(metrics::append_file file, std::size_t memory_limit);

  [[nodiscard]] static std::string format(const line& one);
  void write_pushed();

  const std::size_t memory_limit_;
  mutable std::mutex pushing_;
  recorded_phase phase_;
  std::vector<line> pushed_;
  std::size_t pushed_bytes_ = 0; // of all texts that are not yet written
  std::uint64_t lost_ = 0;

  mutable std::mutex writing_;
  metrics::append_file file_;
  std::optional<error> failure_;
  std::optional<periodic_thread> thread_;
};

} // namespace loadgen::recording
