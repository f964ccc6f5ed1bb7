#include "reference_run.hpp"
#include "support/scripted_server.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

std::string url_of(const scripted_server& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

TEST(failing_servers, each_cause_is_shown_with_the_first_message_and_the_books_balance) {
  scripted_server server{[](scripted_connection& client, int number) {
    while (client.read_request()) switch (number % 3) {
      case 0:
        client.send("HTTP/1.1 503 Busy\r\nContent-Length: 35\r\n\r\n{\"error\":{\"message\":\"queue full\"}}\n");
        break;
      case 1:
        client.send(stream_head() + token_chunk("a") + chunk("data: {\"error\":\"out of memory\"}\n\n") + "0\r\n\r\n");
        break;
      default: client.send(stream_head() + token_chunk("a") + stream_tail());
      }
  }};
  const temporary_folder results;
  const auto ended =
      run_process(run_command(url_of(server), results, {"--model", "m", "--requests", "30", "--concurrency", "3"}));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_NE(ended.out.find("queue full"), std::string::npos);
  EXPECT_NE(ended.out.find("out of memory"), std::string::npos);
  const boost::json::object summary = summary_of(run_folder_in(results));
  const auto& requests = summary.at("levels").at(0).at("requests");
  const auto count = [&](const char* key) { return requests.at(key).to_number<int>(); };
  EXPECT_EQ(count("issued"), 30);
  EXPECT_EQ(count("issued"), count("completed") + count("failed") + count("cancelled"));
  EXPECT_EQ(count("planned"), count("issued") + count("dropped"));
  EXPECT_EQ(requests.at("causes").at("http_status").to_number<int>() +
                requests.at("causes").at("in_band_error").to_number<int>(),
            count("failed"));
  EXPECT_GT(count("completed"), 0);
}

TEST(failing_servers, where_no_model_is_named_and_none_is_listed_the_flag_is_named_and_nothing_is_written) {
  scripted_server server{[](scripted_connection& client, int) {
    if (client.read_request())
      client.send("HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"object\":\"list\",\"data\":[]}");
  }};
  const temporary_folder results;
  const auto ended = run_process(run_command(url_of(server), results, {"--requests", "1"}));
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_NE(ended.err.find("--model"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(results.path()));
}

} // namespace
} // namespace loadgen::test
