#include "metrics/block_file.hpp"
#include "metrics/meta_codec.hpp"
#include "metrics/record_codec.hpp"
#include "unit/metrics/random_records.hpp"

namespace loadgen::metrics {
namespace {

constexpr std::size_t file_header_size = 12;

std::string records_payload(std::uint64_t seed, int count) {
  random_records records{seed};
  std::string payload;
  for (int i = 0; i < count; ++i) encode_record(records.next(), test_epoch, payload);
  return payload;
}

/// The parts of a small file: header and blocks, each as its bytes.
std::vector<std::string> small_file() {
  return {file_header(),
          make_block(block_type::run_header, encode(run_info{"r", test_epoch, 1, {}})),
          make_block(block_type::level_begin, encode(level_info{}, instant{})),
          make_block(block_type::records, records_payload(1, 1)),
          make_block(block_type::records, records_payload(2, 2)),
          make_block(block_type::level_end, encode(level_end{}, instant{})),
          make_block(block_type::run_end, encode(run_end{true, 0, 2, {}}))};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string bytes;
  for (const std::string& part : parts) bytes += part;
  return bytes;
}

/// How many of the parts lie wholly in the first `size` bytes.
std::size_t whole_parts(const std::vector<std::string>& parts, std::size_t size) {
  std::size_t whole = 0;
  for (std::size_t end = 0; whole < parts.size() && end + parts[whole].size() <= size; ++whole)
    end += parts[whole].size();
  return whole;
}

/// In place: to write the whole file anew for each of thousands of changes takes a minute on some file systems.
void change_byte(const std::filesystem::path& file, std::size_t place, char value) {
  std::fstream{file, std::ios::binary | std::ios::in | std::ios::out}
      .seekp(static_cast<std::streamoff>(place))
      .put(value);
}

/// Checks that `file` gives exactly what the first `parts` parts of small_file() hold.
void expect_parts(const std::filesystem::path& file, std::size_t parts) {
  const auto read = read_records(file);
  if (parts < 2) { // without its run header a file holds nothing of a run
    ASSERT_TRUE(read.has_error());
    EXPECT_EQ(read.error().code, errc::invalid_input);
    return;
  }
  ASSERT_TRUE(read);
  ASSERT_EQ(read->levels.size(), parts > 2 ? 1U : 0U);
  EXPECT_EQ(read->end.has_value(), parts > 6);
  if (parts <= 2) return;
  std::vector<request_record> expected;
  ASSERT_TRUE(decode_records(parts > 3 ? records_payload(1, 1) : "", test_epoch, expected));
  ASSERT_TRUE(decode_records(parts > 4 ? records_payload(2, 2) : "", test_epoch, expected));
  const auto& level = read->levels.front();
  EXPECT_TRUE(std::is_permutation(expected.begin(), expected.end(), level.requests.begin(), level.requests.end()));
  EXPECT_EQ(level.end.has_value(), parts > 5);
}

TEST(record_recovery, a_file_cut_at_any_byte_gives_the_whole_blocks_before) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  const auto parts = small_file();
  put_contents(file, joined(parts));
  for (std::size_t size = joined(parts).size() + 1; size-- > 0;) {
    std::filesystem::resize_file(file, size); // only ever shorter
    const std::size_t whole = whole_parts(parts, size);
    ASSERT_NO_FATAL_FAILURE(expect_parts(file, whole)) << "cut at " << size;
    if (whole < 2) continue;
    const bool between_blocks =
        joined({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(whole)}).size() == size;
    ASSERT_EQ(read_records(file)->damaged, !between_blocks) << "cut at " << size;
  }
}

TEST(record_recovery, any_flipped_bit_costs_its_block_and_those_behind_and_no_wrong_record_is_accepted) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  const auto parts = small_file();
  const std::string bytes = joined(parts);
  put_contents(file, bytes);
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    const std::size_t whole = place < file_header_size ? 0 : whole_parts(parts, place);
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool older_version = place == 8 && bit < 2; // 3 becomes 2 or 1, whose records are read alike
      if (older_version) continue;
      change_byte(file, place, static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ (1U << bit)));
      ASSERT_NO_FATAL_FAILURE(expect_parts(file, whole)) << "byte " << place << " bit " << bit;
    }
    change_byte(file, place, bytes[place]);
  }
}

TEST(record_recovery, files_of_older_versions_are_read_and_version_1_is_said_to_keep_no_empty_events) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  put_contents(file, joined(small_file()));
  EXPECT_TRUE(read_records(file)->has_empty_events);
  change_byte(file, 8, '\x02');
  EXPECT_TRUE(read_records(file)->has_empty_events);
  change_byte(file, 8, '\x01');
  const auto read = read_records(file);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->has_empty_events);
  EXPECT_EQ(read->levels.front().requests.size(), 3U);
}

TEST(record_recovery, zeros_behind_the_last_block_are_damage) { // as a file system may leave them after a power cut
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto parts = small_file();
  parts.resize(4);
  put_contents(file, joined(parts) + std::string(4096, '\0'));
  expect_parts(file, 4);
  EXPECT_TRUE(read_records(file)->damaged);
}

TEST(record_recovery, blocks_out_of_place_are_damage) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  const auto parts = small_file();
  const auto damaged_with = [&](const std::vector<std::string>& with) {
    put_contents(file, joined(with));
    return read_records(file).value().damaged;
  };
  const auto& [header, run, begin, records, more, end, run_end] =
      std::tie(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
  EXPECT_FALSE(damaged_with({header, run, begin, records, more, end, begin, records, end, run_end}));
  EXPECT_FALSE(damaged_with({header, run, begin, records, begin, records})); // a level may lack its end
  EXPECT_TRUE(damaged_with({header, run, records}));
  EXPECT_TRUE(damaged_with({header, run, begin, end, records}));
  EXPECT_TRUE(damaged_with({header, run, begin, end, end}));
  EXPECT_TRUE(damaged_with({header, run, run}));
  EXPECT_TRUE(damaged_with({header, run, run_end, begin}));
  EXPECT_TRUE(damaged_with({header, run, begin, run_end, records}));
  EXPECT_TRUE(damaged_with({header, run, run_end, run_end}));
}

TEST(record_recovery, a_whole_block_with_a_payload_that_makes_no_sense_is_damage) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto parts = small_file();
  parts[4] = make_block(block_type::records, "\xff\xff");
  put_contents(file, joined(parts));
  expect_parts(file, 4);
  EXPECT_TRUE(read_records(file)->damaged);
}

TEST(record_recovery, a_type_of_a_later_revision_is_passed_over) {
  const temporary_folder folder;
  const auto file = folder.file("records.bin");
  auto parts = small_file();
  put_contents(file, joined({parts[0], parts[1], parts[2], make_block(static_cast<block_type>(200), "new"), parts[3]}));
  expect_parts(file, 4);
  EXPECT_FALSE(read_records(file)->damaged);
}

} // namespace
} // namespace loadgen::metrics
