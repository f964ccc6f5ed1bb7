#include "protocol/path_scanner.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace loadgen::protocol {
namespace {

constexpr std::array<std::string_view, 5> paths{"text", "meta.end.type", "meta.end", "meta.tokens", "meta.*"};

enum path : std::size_t { text, end_type, end, tokens, rest };

TEST(path_scanner, values_of_every_kind) {
  path_scanner scanner{paths};
  ASSERT_FALSE(
      scanner.scan(R"({"text":"a\u00e9\n","meta":{"end":{"type":"length","length":4},"tokens":7,"latency":0.5}})"));
  EXPECT_EQ(scanner.at(text).text, "a\xC3\xA9\n");
  EXPECT_EQ(scanner.at(end_type).text, "length");
  EXPECT_EQ(scanner.at(end).is, found_value::kind::object);
  EXPECT_EQ(scanner.at(tokens).count(), 7U);
  EXPECT_EQ(scanner.collected(), (std::vector<std::pair<std::string, double>>{{"latency", 0.5}}));

  ASSERT_FALSE(scanner.scan(R"({"text":null,"meta":{"end":true,"tokens":-1}})"));
  EXPECT_EQ(scanner.at(text).is, found_value::kind::null);
  EXPECT_TRUE(scanner.at(text).text.empty()) << "nothing is left of the text before";
  EXPECT_TRUE(scanner.at(end).truth);
  EXPECT_EQ(scanner.at(end_type).is, found_value::kind::absent);
  EXPECT_EQ(scanner.at(tokens).count(), std::nullopt);
}

TEST(path_scanner, a_key_counts_only_in_its_own_place) {
  path_scanner scanner{paths};
  ASSERT_FALSE(scanner.scan(R"({"other":{"text":"no"},"list":[{"text":"no"},["x",{"meta":{"tokens":1}}]],"tokens":3,
      "meta":{"text":"no","end":[{"type":"no"}],"deeper":{"tokens":9,"latency":1}}})"));
  EXPECT_EQ(scanner.at(text).is, found_value::kind::absent);
  EXPECT_EQ(scanner.at(end).is, found_value::kind::array);
  EXPECT_EQ(scanner.at(end_type).is, found_value::kind::absent);
  EXPECT_EQ(scanner.at(tokens).is, found_value::kind::absent);
  EXPECT_TRUE(scanner.collected().empty());
}

TEST(path_scanner, the_last_of_repeated_keys_holds) {
  path_scanner scanner{paths};
  ASSERT_FALSE(scanner.scan(
      R"({"text":"first","text":"last","meta":{"tokens":1,"a":1,"end":{"type":"x"}},"meta":{"b":2,"b":3}})"));
  EXPECT_EQ(scanner.at(text).text, "last");
  EXPECT_EQ(scanner.at(tokens).is, found_value::kind::absent);
  EXPECT_EQ(scanner.at(end_type).is, found_value::kind::absent);
  EXPECT_EQ(scanner.collected(), (std::vector<std::pair<std::string, double>>{{"b", 3}}));
}

TEST(path_scanner, what_is_not_json_finds_nothing) {
  path_scanner scanner{paths};
  for (const std::string_view bad :
       {R"({"text":"a")", R"({"text":"a"} x)", R"({"text":'a'})", "", R"({"text":"a",})", "{\"text\":\"\xFF\"}"}) {
    EXPECT_TRUE(scanner.scan(bad)) << bad;
    EXPECT_EQ(scanner.at(text).is, found_value::kind::absent) << bad;
  }
  for (const std::string_view other : {"[]", "null", "3", R"(["text"])", R"("text")"}) {
    EXPECT_FALSE(scanner.scan(other)) << other;
    EXPECT_EQ(scanner.at(text).is, found_value::kind::absent) << other;
  }
}

TEST(path_scanner, agrees_with_a_document_model_on_made_up_documents) {
  path_scanner scanner{paths};
  const std::array<std::string, 6> values{
      "null", "true", "12", R"("t\"\\")", R"({"type":"z","tokens":4,"end":{"type":1}})", R"([1,{"type":2}])"};
  for (const std::string& a : values)
    for (const std::string& b : values)
      for (const std::string& c : values) {
        const std::string document =
            R"({"x":)" + a + R"(,"text":)" + b + R"(,"meta":{"end":)" + c + R"(,"tokens":)" + a + "}}";
        ASSERT_FALSE(scanner.scan(document));
        const boost::json::value model = boost::json::parse(document);
        const auto* const wanted = model.at("text").if_string();
        EXPECT_EQ(scanner.at(text).is_text(), wanted != nullptr) << document;
        if (wanted != nullptr) {
          EXPECT_EQ(scanner.at(text).text, std::string_view(*wanted)) << document;
        }
        boost::system::error_code absent;
        const boost::json::value* const type = model.find_pointer("/meta/end/type", absent);
        EXPECT_EQ(scanner.at(end_type).is_text(), !absent && type->is_string()) << document;
        const bool number = model.at("meta").at("tokens").is_number();
        EXPECT_EQ(scanner.at(tokens).count().has_value(), number) << document;
      }
}

} // namespace
} // namespace loadgen::protocol
