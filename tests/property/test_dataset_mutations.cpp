// Broken dataset files must be read or refused with their line, and without harm, in every form: run under the address
// sanitizer this is a small fuzzer with a fixed seed.

#include "random_bytes.hpp"
#include "support/temporary_folder.hpp"

#include <loadgen/workload/dataset_summary.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;

std::string mutated(random_stream& random, std::string bytes) {
  using namespace std::string_view_literals;
  constexpr std::array inserts{"\""sv,        "\""sv, ","sv,    "\n"sv,   "\r\n"sv,         "{"sv,
                               "}"sv,         "["sv,  "]"sv,    "\\"sv,   "\0"sv,           ":"sv,
                               "null"sv,      "-1"sv, "1e99"sv, "\xC3"sv, "\xEF\xBB\xBF"sv, "\\ud800"sv,
                               "\"prompt\""sv};
  const std::size_t changes = pick(random, 1, 4);
  for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
    const std::size_t at = pick(random, 0, bytes.size() - 1);
    switch (pick(random, 0, 4)) {
    case 0: bytes[at] = static_cast<char>(pick(random, 0, 255)); break;
    case 1: bytes.erase(at, pick(random, 1, 8)); break;
    case 2: bytes.insert(at, pick_one(random, inserts)); break;
    case 3: bytes.insert(at, bytes.substr(pick(random, 0, bytes.size() - 1), pick(random, 1, 64))); break;
    case 4: bytes.resize(at); break;
    }
  }
  return bytes;
}

/// True where it was read; all of it can be described then. False where it was refused, as it should be.
bool reads_or_refuses(const fs::path& file, const workload::dataset_reading& how) {
  const auto read = workload::read_dataset(file, how);
  if (read.has_value()) {
    EXPECT_FALSE(read->entries.empty());
    EXPECT_TRUE(workload::describe(*read).has_value());
    EXPECT_TRUE(workload::find_duplicates(*read).has_value());
    for (std::size_t i = 0; i < read->entries.size(); ++i)
      static_cast<void>(workload::jsonl_line(read->entries.at(i).value()));
    return true;
  }
  const std::string& message = read.error().message;
  EXPECT_EQ(read.error().code, errc::invalid_input) << message;
  EXPECT_TRUE(message.starts_with(file.string() + ":")) << message;
  EXPECT_NE(message.find("; expected "), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return false;
}

TEST(dataset_mutations, are_read_or_refused_in_every_form) {
  random_stream random{20'260'124, "dataset-mutations"};
  const temporary_folder folder;
  for (const char* name : {"questions.txt", "questions.json", "questions.jsonl", "faq.csv", "sharegpt.json",
                           "batch.jsonl", "mooncake.jsonl"}) {
    const fs::path original = fs::path{LOADGEN_TEST_DATA} / "recipes" / name;
    workload::dataset_reading how;
    if (std::string_view{name} == "faq.csv") how.fields = {{"prompt", "question"}, {"max_tokens", "answer length"}};
    how.format = workload::dataset_format_from_name(workload::read_dataset(original, how).value().format);
    const std::string whole = text_of(original);
    int read = 0, refused = 0;
    for (int i = 0; i < 150; ++i)
      ++(reads_or_refuses(folder.write(name, mutated(random, whole)), how) ? read : refused);
    EXPECT_GT(read, 2) << name;
    EXPECT_GT(refused, std::string_view{name} == "questions.txt" ? 2 : 25) << name;
  }
}

} // namespace
} // namespace loadgen::test
