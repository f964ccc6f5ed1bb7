#include "protocol/endpoint_pages.hpp"
#include "unit/protocol/recorded_events.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

TEST(endpoint_pages, each_engine_is_told_by_a_page_of_its_own) {
  EXPECT_EQ(endpoint_told_by("/v1/models", test::read_recorded_response("llamacpp-get_v1_models-idle").body),
            endpoint_kind::chat);
  EXPECT_EQ(endpoint_told_by("/info", R"({"model_id":"m","version":"3.0.0"})"), endpoint_kind::tgi);
  EXPECT_EQ(endpoint_told_by("/get_model_info", R"({"model_path":"m","is_generation":true})"), endpoint_kind::sglang);
  EXPECT_EQ(endpoint_told_by("/props", R"({"default_generation_settings":{},"total_slots":4})"),
            endpoint_kind::llamacpp);
}

TEST(endpoint_pages, a_description_of_the_api_tells_by_its_paths) {
  const auto told = [](std::string_view paths) {
    return endpoint_told_by("/openapi.json", std::string{R"({"openapi":"3.1.0","paths":)"} + std::string{paths} + "}");
  };
  EXPECT_EQ(told(R"({"/health":{},"/generate":{}})"), endpoint_kind::generate);
  EXPECT_EQ(told(R"({"/generate":{},"/generate_stream":{}})"), endpoint_kind::tgi);
  EXPECT_EQ(told(R"({"/generate":{},"/v1/completions":{},"/v1/chat/completions":{}})"), endpoint_kind::chat);
  EXPECT_EQ(told(R"({"/health":{}})"), std::nullopt);
  EXPECT_EQ(told("[]"), std::nullopt);
}

TEST(endpoint_pages, other_answers_tell_nothing) {
  for (const std::string_view page : endpoint_pages())
    for (const std::string_view body : {"", "{", "[]", "<html></html>", R"({"detail":"Not Found"})"})
      EXPECT_EQ(endpoint_told_by(page, body), std::nullopt) << page << ' ' << body;
  EXPECT_EQ(endpoint_told_by("/props", R"({"model_id":"m"})"), std::nullopt) << "a member of another engine's page";
}

} // namespace
} // namespace loadgen::protocol
