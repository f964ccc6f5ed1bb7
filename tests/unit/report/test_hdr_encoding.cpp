#include "report/hdr_encoding.hpp"
#include "unit/report/hdr_decoder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

namespace loadgen::report {
namespace {

metrics::log_linear_histogram histogram_of(const std::vector<double>& values) {
  metrics::log_linear_histogram histogram;
  for (const double value : values) histogram.add(value);
  return histogram;
}

TEST(hdr_encoding, is_byte_for_byte_what_another_implementation_writes) { // tests/data/hdr/README.md
  std::ifstream file{LOADGEN_TEST_DATA "/hdr/reference.tsv"};
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    std::istringstream fields{line};
    std::string name, text;
    fields >> name >> text;
    std::vector<double> values;
    for (double value = 0; fields >> value;) values.push_back(value);
    EXPECT_EQ(encode_hdr(histogram_of(values)), decode_hdr(text).payload) << name;
  }
  EXPECT_EQ(cases, 8);
}

TEST(hdr_encoding, log_text_holds_the_encoding_compressed_in_base64) {
  const std::string encoded = encode_hdr(histogram_of({1, 5, 5, 70'000, 20'000'000}));
  EXPECT_EQ(decode_hdr(hdr_log_text(encoded)).payload, encoded);
  EXPECT_TRUE(hdr_log_text(encoded).starts_with("HISTFAAAA"));
}

TEST(hdr_encoding, counts_stand_at_the_lowest_value_of_their_bins) {
  const auto decoded = decode_hdr(hdr_log_text(encode_hdr(histogram_of({3, 3, 2047, 2049, 20'000'000}))));
  const std::map<std::uint64_t, std::uint64_t> expected{
      {3, 2}, {2047, 1}, {2048, 1}, {19'988'480, 1}}; // bins 2 and, from 2^24 on, 16,384 wide
  EXPECT_EQ(decoded.counts, expected);
}

TEST(hdr_encoding, the_highest_value_is_an_hour_or_the_largest_number) {
  EXPECT_EQ(decode_hdr(hdr_log_text(encode_hdr(histogram_of({1})))).highest, 3'600'000'000'000U);
  EXPECT_EQ(decode_hdr(hdr_log_text(encode_hdr(histogram_of({7.2e12})))).highest, 7'200'000'000'000U);
}

TEST(hdr_encoding, large_counts_take_several_bytes) {
  metrics::log_linear_histogram histogram;
  for (int i = 0; i < 10'000; ++i) histogram.add(12);
  EXPECT_EQ(decode_hdr(hdr_log_text(encode_hdr(histogram))).counts.at(12), 10'000U);
}

} // namespace
} // namespace loadgen::report
