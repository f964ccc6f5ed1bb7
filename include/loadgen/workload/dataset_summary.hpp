#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace loadgen::workload {

/// Whole numbers, such as lengths, in figures. All are 0 where `count` is.
struct length_figures {
  std::uint64_t count = 0; ///< how many numbers there are
  double mean = 0;         ///< their sum divided by their count
  std::uint64_t min = 0;   ///< the least
  std::uint64_t p50 = 0;   ///< percentiles: the least number that so large a share does not exceed (nearest rank)
  std::uint64_t p90 = 0;   ///< as p50
  std::uint64_t p99 = 0;   ///< as p50
  std::uint64_t max = 0;   ///< the greatest
};

/// How many lengths lie in `from` to `to`, both included.
struct length_bin {
  std::uint64_t from = 0;  ///< the least length of the bin
  std::uint64_t to = 0;    ///< the greatest; twice `from`, less 1, but for the bin of 0
  std::uint64_t count = 0; ///< entries in it
};

/// What a dataset consists of.
struct dataset_statistics {
  std::uint64_t entries = 0;   ///< how many there are
  length_figures characters;   ///< of what a server is asked to read (text_of); none where there are lengths alone
  length_figures input_tokens; ///< as the dataset itself says them; none where it does not
  length_figures max_tokens;   ///< the output budgets of the entries that have one
  std::map<std::string, std::uint64_t> categories; ///< entries of each; those without one under the empty name
  /// Of the characters, where there are none of the input tokens: without gaps from the first that has any to the last.
  std::vector<length_bin> lengths;
};

/// Looks at every entry once. Errors: those of the entries.
[[nodiscard]] result<dataset_statistics> describe(const dataset& prompts);

/// An entry that asks the same as one before it.
struct duplicate_entry {
  std::uint32_t line = 0;       ///< where it begins in its file
  std::uint32_t first_line = 0; ///< where the first that asks the same does
  bool exact = false;           ///< false: but for white space, which may be of another kind or length
};

/// All entries that ask the same as one before them, in file order. Looks at every entry once, and again at those that
/// may be equal: 16 bytes of memory an entry. Entries without a text are none. Errors: those of the entries.
[[nodiscard]] result<std::vector<duplicate_entry>> find_duplicates(const dataset& prompts);

/// The entry as a line of a JSONL dataset, without its end: `id`, `category`, `prompt` or `messages`, `max_tokens`,
/// each where it has one. Of a body its prompt or messages are taken, and nothing else. Errors: invalid_input for an
/// entry without a text.
[[nodiscard]] result<std::string> jsonl_line(const dataset_entry& entry);

} // namespace loadgen::workload
