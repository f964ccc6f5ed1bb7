#include "metrics/block_file.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

using namespace std::string_literals;

TEST(block_file, a_block_is_magic_type_length_checksum_and_payload) {
  // Worked out with a bit-by-bit CRC-32C in Python that gives 0xE3069283 for "123456789".
  EXPECT_EQ(make_block(block_type::records, "abc"), "LGBK\x03\x03\0\0\0\x76\xdc\x46\xb9"s + "abc");
}

TEST(block_file, the_header_names_format_and_version) {
  EXPECT_EQ(file_header(), "\x89LGREC\r\n\x03\0\0\0"s);
}

TEST(block_file, blocks_are_read_back_in_order) {
  const temporary_folder folder;
  const auto file = folder.file("blocks");
  put_contents(file,
               file_header() + make_block(block_type::level_begin, "first") + make_block(block_type::records, ""));
  auto reader = block_reader::open(file).value();
  const auto first = reader.next().value();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, 2);
  EXPECT_EQ(first->payload, "first");
  const auto second = reader.next().value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->payload, "");
  EXPECT_FALSE(reader.next().value());
  EXPECT_FALSE(reader.damaged());
}

TEST(block_file, a_length_beyond_the_file_is_damage_and_takes_no_memory) {
  const temporary_folder folder;
  const auto file = folder.file("blocks");
  put_contents(file, file_header() + "LGBK\x03\xff\xff\xff\xff\0\0\0\0xx"s);
  auto reader = block_reader::open(file).value();
  EXPECT_FALSE(reader.next().value());
  EXPECT_TRUE(reader.damaged());
  EXPECT_FALSE(reader.next().value()); // and stays where it stopped
}

TEST(block_file, a_newer_version_is_refused_with_both_versions_named) {
  const temporary_folder folder;
  const auto file = folder.file("newer");
  put_contents(file, "\x89LGREC\r\n\x04\0\0\0"s);
  const auto opened = block_reader::open(file);
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, errc::invalid_input);
  EXPECT_EQ(opened.error().message,
            file.string() + " has records format version 4; this program reads versions up to 3");
}

TEST(block_file, other_files_are_refused) {
  const temporary_folder folder;
  const auto file = folder.file("other");
  for (const std::string& bytes : {""s, "\x89LGREC\r"s, "\x89LGREC\n\x01\0\0\0"s, "\x89LGREC\r\n\0\0\0\0"s,
                                   "a text that is longer than the header"s}) {
    put_contents(file, bytes);
    const auto opened = block_reader::open(file);
    ASSERT_TRUE(opened.has_error()) << bytes;
    EXPECT_EQ(opened.error().code, errc::invalid_input);
  }
}

TEST(block_file, a_missing_file_is_an_io_error_and_a_folder_is_no_records_file) {
  const temporary_folder folder;
  const auto missing = block_reader::open(folder.file("missing"));
  ASSERT_TRUE(missing.has_error());
  EXPECT_EQ(missing.error().code, errc::io);
  EXPECT_EQ(missing.error().message, "cannot open " + folder.file("missing").string() + ": No such file or directory");
  EXPECT_EQ(block_reader::open(folder.file(".")).error().code, errc::invalid_input);
}

} // namespace
} // namespace loadgen::metrics
