#pragma once

#include "workload/element_splitter.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What an element of a dataset file says.
struct decoded_entry {
  dataset_entry entry;
  bool asks_something = true;        ///< false: well-formed, and without anything to send
  bool names_model = false;          ///< it is a body with a model of its own
  std::vector<std::string> fields{}; ///< those of `wanted_fields`, as text; empty where there is none
};

using decoded = boost::system::result<decoded_entry, element_fault>;

/// Which of a file's fields are read, and as what.
struct field_choice {
  std::map<std::string, std::string, std::less<>> names; ///< as dataset_reading::fields
  std::vector<std::string> wanted{};                     ///< further fields, for filters
};

/// Reads what the elements of one file mean.
///
/// Thread-safety: decode() from several threads at once.
class entry_decoder {
public:
  virtual ~entry_decoder() = default;

  /// `text` is UTF-8. The entry's `line` is left to the caller.
  [[nodiscard]] virtual decoded decode(std::string_view text) const = 0;
};

[[nodiscard]] std::unique_ptr<entry_decoder> text_decoder();
/// `all_turns`: of each conversation all that its human says, as dataset_reading has it.
[[nodiscard]] std::unique_ptr<entry_decoder> sharegpt_decoder(bool all_turns = false);
[[nodiscard]] std::unique_ptr<entry_decoder> openai_batch_decoder();
[[nodiscard]] std::unique_ptr<entry_decoder> mooncake_decoder();

/// Elements of a JSON array, which may be strings.
[[nodiscard]] std::unique_ptr<entry_decoder> json_decoder(field_choice fields);

/// Lines of JSON objects.
[[nodiscard]] std::unique_ptr<entry_decoder> jsonl_decoder(field_choice fields);

/// Records of a CSV file with that header. Errors: a header that is not one, or lacks a field that was chosen.
[[nodiscard]] boost::system::result<std::unique_ptr<entry_decoder>, element_fault> csv_decoder(std::string_view header,
                                                                                               field_choice fields);

} // namespace loadgen::workload
