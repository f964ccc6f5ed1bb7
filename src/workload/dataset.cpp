#include "base/sha256.hpp"
#include "workload/dataset_parser.hpp"

#include <loadgen/workload/dataset.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace loadgen::workload {

namespace {

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

// C's streams, because they say why a read failed.
result<std::string> read_bytes(const std::filesystem::path& path) {
  const auto failed = [&path] {
    const int why = errno;
    return error{errc::io, fmt::format("cannot read '{}': {}", path.string(), std::generic_category().message(why))};
  };
  const std::unique_ptr<std::FILE, close_file> file{std::fopen(path.c_str(), "rb")};
  if (!file) return failed();
  std::string bytes;
  std::array<char, 65'536> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get()))
    bytes.append(block.data(), count);
  if (std::ferror(file.get()) != 0) return failed();
  return bytes;
}

dataset_format format_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  if (boost::algorithm::iequals(extension, ".jsonl")) return dataset_format::jsonl;
  if (boost::algorithm::iequals(extension, ".json")) return dataset_format::json_array;
  return dataset_format::text;
}

} // namespace

result<dataset> read_dataset(const std::filesystem::path& file) {
  const auto bytes = read_bytes(file);
  if (bytes.has_error()) return bytes.error();
  auto entries = parse_dataset(file.string(), *bytes, format_of(file));
  if (entries.has_error()) return entries.error();
  return dataset{file.filename().string(), sha256_hex(*bytes), *std::move(entries)};
}

dataset single_prompt(std::string text) {
  std::string digest = sha256_hex(text);
  dataset_entry entry;
  entry.prompt = std::move(text);
  return dataset{"prompt", std::move(digest), {std::move(entry)}};
}

} // namespace loadgen::workload
