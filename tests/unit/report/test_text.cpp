#include "report/text.hpp"

#include <gtest/gtest.h>

namespace loadgen::report {
namespace {

TEST(text, ill_formed_utf8_becomes_replacement_characters) {
  EXPECT_EQ(well_formed("plain \xE4\xBD\xA0 text"), "plain \xE4\xBD\xA0 text");
  EXPECT_EQ(well_formed("cut \xE4\xBD"), "cut \xEF\xBF\xBD");     // a character cut short at the end
  EXPECT_EQ(well_formed("\xFFx"), "\xEF\xBF\xBDx");               // no UTF-8 lead byte
  EXPECT_EQ(well_formed("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD"); // an overlong slash
  EXPECT_EQ(well_formed(std::string_view{"a\0b", 3}), std::string("a\0b", 3));
}

TEST(text, control_characters_and_terminal_sequences_are_spelled_out) {
  EXPECT_EQ(printable("line\r\nnext\tcell"), "line\\r\\nnext\\tcell");
  EXPECT_EQ(printable("\x1b[31mred\x1b]0;title\x07"), "\\x1b[31mred\\x1b]0;title\\x07");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\x9b31m"); // the one-character form of ESC [
  EXPECT_EQ(printable("\x7F\b"), "\\x7f\\x08");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\x00");
}

TEST(text, characters_that_hide_or_turn_text_are_spelled_out) {
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "evil"),
            "\\u202eevil"); // right-to-left override
  EXPECT_EQ(printable("a\xE2\x80\x8B"
                      "b"),
            "a\\u200bb"); // zero-width space
  EXPECT_EQ(printable("a\xE2\x80\xA8"
                      "b"),
            "a\\u2028b");                              // line separator
  EXPECT_EQ(printable("\xEF\xBB\xBF{}"), "\\ufeff{}"); // byte order mark
}

TEST(text, ordinary_text_of_any_script_stays_as_it_is) {
  EXPECT_EQ(printable("caf\xC3\xA9 \xE4\xBD\xA0\xE5\xA5\xBD C:\\new"), "caf\xC3\xA9 \xE4\xBD\xA0\xE5\xA5\xBD C:\\new");
}

TEST(text, wide_characters_take_two_columns) {
  EXPECT_EQ(display_columns(""), 0U);
  EXPECT_EQ(display_columns("abc"), 3U);
  EXPECT_EQ(display_columns("caf\xC3\xA9"), 4U);
  EXPECT_EQ(display_columns("\xE4\xBD\xA0\xE5\xA5\xBD"), 4U);
  EXPECT_EQ(display_columns("\xF0\x9F\x98\x80"), 2U);
}

TEST(text, wraps_at_spaces_and_cuts_only_words_that_are_too_long) {
  using lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("", 10), lines{""});
  EXPECT_EQ(wrapped("one two three", 13), lines{"one two three"});
  EXPECT_EQ(wrapped("one two three", 12), (lines{"one two", "three"}));
  EXPECT_EQ(wrapped("  one   two  ", 10), lines{"one two"});
  EXPECT_EQ(wrapped("abcdefghij", 4), (lines{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrapped("x abcdefghij y", 4), (lines{"x", "abcd", "efgh", "ij y"}));
}

TEST(text, wraps_wide_characters_by_their_columns) {
  EXPECT_EQ(wrapped("\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0", 5),
            (std::vector<std::string>{"\xE4\xBD\xA0\xE5\xA5\xBD", "\xE4\xBD\xA0"}));
}

} // namespace
} // namespace loadgen::report
