#pragma once

#include "workload/block_reader.hpp"

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace loadgen::workload {

/// The text of one entry in a dataset file.
struct element {
  std::uint64_t offset = 0; ///< where it begins, in bytes from the begin of the file
  std::uint32_t line = 1;   ///< and in which line
  std::string_view text;    ///< valid until the next one is asked for
};

/// What is wrong with an element: `what; expected what`, and how many lines below its first.
struct element_fault {
  std::string what;
  std::uint32_t lines_down = 0;
};

/// Finds the elements of a dataset file, one after the other, without reading what they mean.
class element_splitter {
public:
  virtual ~element_splitter() = default;

  /// The next one, or nothing at the end of the file. Errors: those of the file, and invalid_input as
  /// `file:line: what; expected what` where the file has not the form that it should have.
  [[nodiscard]] virtual result<std::optional<element>> next() = 0;
};

/// Lines that are not blank, without their ends. `reader` outlives the splitter; `file` is named in errors.
[[nodiscard]] std::unique_ptr<element_splitter> split_lines(block_reader& reader, std::string_view file);

/// The elements of a JSON array.
[[nodiscard]] std::unique_ptr<element_splitter> split_array(block_reader& reader, std::string_view file);

/// The records of a CSV file (RFC 4180), its header first; a field in quotes may have line ends.
[[nodiscard]] std::unique_ptr<element_splitter> split_records(block_reader& reader, std::string_view file);

/// The error of a place in a file.
[[nodiscard]] error fault_at(std::string_view file, std::uint32_t line, std::string_view what);

} // namespace loadgen::workload
