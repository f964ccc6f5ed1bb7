#pragma once

#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/think_time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace loadgen::workload {

/// What a turn's request has as the reply to the turn before it.
enum class reply_source : std::uint8_t {
  server,   ///< the text that the server answered with
  scripted, ///< that of the dataset, whatever the server answered
};

/// How conversations are held, where the dataset has any.
struct conversation_settings {
  reply_source replies = reply_source::server; ///< scripted: every turn but a conversation's last needs one
  /// From a reply to the next turn, drawn for each; beats those of the dataset. Unset: the dataset's, else none.
  std::optional<think_time> thinking;
};

/// How conversations follow one another: lines in file order and from the first one again, each `copies` times, and how
/// many requests that makes.
///
/// Thread-safety: all const members may be called from several threads at once.
class conversation_order {
public:
  /// Without lines it must not be asked for anything.
  conversation_order() = default;
  /// `copies` is at least 1, `lines` has one line at least: all are read. Errors: those of the entries.
  [[nodiscard]] static result<conversation_order> make(const dataset& lines, std::uint32_t copies);

  /// Which line conversation number `number` is of, from 0.
  [[nodiscard]] std::size_t line_of(std::uint64_t number) const noexcept;

  /// How many turns it has: one for a line without turns.
  [[nodiscard]] std::uint32_t turns_of(std::uint64_t number) const noexcept;

  /// How many requests those before conversation number `number` have.
  [[nodiscard]] std::uint64_t requests_before(std::uint64_t number) const noexcept;

  /// Which conversation request number `index` is of, all requests counted in the order of conversations.
  [[nodiscard]] std::uint64_t conversation_at(std::uint64_t index) const noexcept;

  /// How many conversations it takes for so many requests, the last of them perhaps not in full.
  [[nodiscard]] std::uint64_t conversations_for(std::uint64_t requests) const noexcept;

private:
  std::vector<std::uint64_t> ends_; // of each line: requests of all lines up to it, sent once
  std::uint64_t copies_ = 1;
};

/// Where a request stands in its conversation.
struct turn_place {
  std::uint64_t conversation = 0; ///< in its level and trial, or among the warm-up's, from 0
  std::uint32_t turn = 1;         ///< from 1
  std::uint32_t turns = 1;        ///< how many the conversation is planned to have
};

} // namespace loadgen::workload
