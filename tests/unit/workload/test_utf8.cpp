#include "workload/utf8.hpp"

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

TEST(utf8, text_in_any_script_is_well_formed) {
  for (const char* text : {"", "plain", "naïve café", "Übermut", "日本語", "🙂", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(invalid_utf8_at(text), std::nullopt) << text;
}

TEST(utf8, the_first_bad_byte_is_named) {
  EXPECT_EQ(invalid_utf8_at("caf\xE9"), 3U);              // Latin-1
  EXPECT_EQ(invalid_utf8_at("ab\x80"), 2U);               // a continuation byte alone
  EXPECT_EQ(invalid_utf8_at("\xC0\xAF"), 0U);             // '/' in more bytes than it needs
  EXPECT_EQ(invalid_utf8_at("a\xED\xA0\x80"), 1U);        // a surrogate
  EXPECT_EQ(invalid_utf8_at("\xF4\x90\x80\x80"), 0U);     // above U+10FFFF
  EXPECT_EQ(invalid_utf8_at("\xE6\x97"), 0U);             // cut off
  EXPECT_EQ(invalid_utf8_at("\xE6\x97\xA5\xE6\x97"), 3U); // cut off, after a whole character
}

} // namespace
} // namespace loadgen::workload
