#include "base/sha256.hpp"

#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/trace.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace loadgen::workload {

namespace {

/// Everything that the prompts depend on, as text.
std::string identity_of(const synthetic_spec& spec, std::string_view trace_hash, const token_model& tokens,
                        std::uint64_t seed) {
  return fmt::format("{}\n{}\n{}\n{}\n{:.17g}\n{}\n{}\n", format_synthetic(spec), trace_hash, seed,
                     fmt::join(tokens.words, " "), tokens.word_tokens, tokens.filler, tokens.overhead);
}

} // namespace

result<dataset> synthetic_dataset(const synthetic_spec& spec, const token_model& tokens, std::uint64_t seed) {
  std::vector<recorded_lengths> recorded;
  std::string trace_hash;
  if (!spec.trace_file.empty()) {
    const auto read = read_trace(spec.trace_file);
    if (read.has_error()) return read.error();
    for (const trace_entry& entry : read->entries) recorded.push_back({entry.input, entry.output});
    trace_hash = read->sha256;
  }
  auto generator = prompt_generator::make(spec, std::move(recorded), tokens, seed);
  if (generator.has_error()) return generator.error();
  dataset made;
  made.name = "synthetic:" + format_synthetic(spec);
  made.sha256 = sha256_hex(identity_of(spec, trace_hash, tokens, seed));
  dataset_entry stand_in;
  stand_in.prompt = "-";
  made.entries.push_back(std::move(stand_in));
  made.generator = std::make_shared<const prompt_generator>(*std::move(generator));
  return made;
}

} // namespace loadgen::workload
