#include "base/sha256.hpp"
#include "workload/dataset_parser.hpp"

#include <loadgen/workload/dataset.hpp>

#include <boost/algorithm/string/case_conv.hpp>

namespace loadgen::workload {

result<dataset> read_dataset(const std::filesystem::path& file, const dataset_reading& how) {
  auto bytes = open_bytes(file);
  if (bytes.has_error()) return bytes.error();
  return index_dataset({*std::move(bytes), file.string(), file.filename().string(),
                        boost::algorithm::to_lower_copy(file.extension().string())},
                       how);
}

dataset single_prompt(std::string text) {
  std::string digest = sha256_hex(text);
  dataset_entry entry;
  entry.prompt = std::move(text);
  return dataset{"prompt", std::move(digest), {std::move(entry)}};
}

} // namespace loadgen::workload
