// How a run reaches its servers: over https, and several of them.

#include "reference_run.hpp"
#include "support/certificates.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/serve/truth.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <set>

namespace loadgen::test {
namespace {

// A reference server that speaks TLS.
class https_server {
public:
  [[nodiscard]] const std::filesystem::path& ca_file() const { return authority_.file(); }

  [[nodiscard]] const std::string& url() const { return server_.url(); }

  reference_server& server() { return server_; }

private:
  certificate_authority authority_;
  certificate_files files_ = authority_.issue_for_localhost();
  reference_server server_{
      {"--ttft", "1ms", "--itl", "1ms", "--tls-cert", files_.certificate.string(), "--tls-key", files_.key.string()}};
};

boost::json::object manifest_of(const std::filesystem::path& run_folder) {
  return boost::json::parse(text_of(run_folder / "manifest.json")).as_object();
}

TEST(https, a_server_that_is_not_trusted_is_one_line_and_nothing_is_written) {
  const https_server server;
  ASSERT_EQ(server.url().substr(0, 18), "https://127.0.0.1:");
  const certificate_authority other;
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, std::vector<std::string>{"--ca-file", other.file().string()}}) {
    const temporary_folder results;
    const auto ended = run_process(run_command(server.url(), results, options));
    EXPECT_EQ(ended.exit_code, 4);
    EXPECT_EQ(ended.out, "");
    EXPECT_NE(ended.err.find("the certificate of 127.0.0.1 is not trusted: unable to get local issuer certificate; "
                             "expected --ca-file"),
              std::string::npos)
        << ended.err;
    EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1);
    EXPECT_TRUE(std::filesystem::is_empty(results.path()));
  }
}

TEST(https, insecure_goes_on_and_is_said_loudly) {
  const https_server server;
  const temporary_folder results;
  const auto ended = run_process(
      run_command(server.url(), results, {"--insecure", "--requests", "4", "--concurrency", "2", "--max-tokens", "3"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(ended.out.find("! INSECURE: certificates were not verified"), std::string::npos) << ended.out;
  const auto manifest = manifest_of(run_folder_in(results));
  EXPECT_EQ(manifest.at("settings").at("insecure").at("value"), true);
  EXPECT_EQ(manifest.at("target").at("servers").at(0).at("tls"), true);
}

TEST(https, a_name_is_verified_as_a_name) {
  https_server server;
  const std::string url = "https://localhost" + server.url().substr(server.url().rfind(':'));
  const temporary_folder results;
  const auto ended = run_process(run_command(
      url, results,
      {"--ca-file", server.ca_file().string(), "--requests", "4", "--connection", "fresh", "--max-tokens", "3"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out.find("INSECURE"), std::string::npos);
  EXPECT_EQ(serve::read_truth(server.server().stop())->size(), 4U);
}

TEST(several_servers, take_turns_and_are_all_named) {
  https_server first;
  reference_server second{{"--ttft", "1ms", "--itl", "1ms"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(first.url(), results,
                                             {"--url", second.url(), "--ca-file", first.ca_file().string(),
                                              "--requests", "10", "--concurrency", "3", "--max-tokens", "3"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(serve::read_truth(first.server().stop())->size(), 5U);
  EXPECT_EQ(serve::read_truth(second.stop())->size(), 5U);
  const auto manifest = manifest_of(run_folder_in(results));
  EXPECT_EQ(manifest.at("target").at("urls"), (boost::json::array{first.url(), second.url()}));
  EXPECT_NE(ended.out.find(first.url() + ", " + second.url()), std::string::npos) << ended.out;
}

std::multiset<std::string> bodies_sent_to(reference_server& server) {
  std::multiset<std::string> bodies;
  for (const serve::truth_record& request : *serve::read_truth(server.stop())) bodies.insert(request.body_sha256);
  return bodies;
}

TEST(two_servers, that_are_compared_get_the_same_requests) {
  reference_server a{{"--ttft", "1ms", "--itl", "1ms"}}, b{{"--ttft", "1ms", "--itl", "1ms"}};
  const temporary_folder results;
  const auto ended = run_process({LOADGEN_PROGRAM, "run", "--ab", a.url(), b.url(), "--output", results.path().string(),
                                  "--requests", "80", "--concurrency", "4", "--max-tokens", "3"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto manifest = manifest_of(run_folder_in(results));
  EXPECT_EQ(manifest.at("ab"), true);
  EXPECT_EQ(manifest.at("target").at("urls"), (boost::json::array{a.url(), b.url()}));
  EXPECT_NE(ended.out.find("ttft_p50 ms"), std::string::npos) << ended.out;
  const auto compared = boost::json::parse(text_of(run_folder_in(results) / "summary/compare.json"));
  EXPECT_EQ(compared.at("pairing"), "interleaved");
  EXPECT_EQ(compared.at("levels").at(0).at("a").at("completed"), 40);
  EXPECT_EQ(compared.at("levels").at(0).at("b").at("completed"), 40);
  const auto at_a = bodies_sent_to(a);
  EXPECT_EQ(at_a.size(), 40U);
  EXPECT_EQ(at_a, bodies_sent_to(b));
  EXPECT_EQ(std::set<std::string>(at_a.begin(), at_a.end()).size(), 40U);
}

TEST(two_servers, are_not_compared_on_an_odd_number_of_requests_or_beside_a_url) {
  const std::vector<std::string> command{LOADGEN_PROGRAM, "run", "--ab", "http://127.0.0.1:1", "http://127.0.0.1:2"};
  const auto refusal = [&command](std::vector<std::string> more) {
    more.insert(more.begin(), command.begin(), command.end());
    const auto ended = run_process(more);
    EXPECT_EQ(ended.exit_code, 2);
    return ended.err;
  };
  EXPECT_NE(refusal({"--requests", "41"}).find("--requests: 41 is odd"), std::string::npos);
  EXPECT_NE(refusal({"--url", "http://127.0.0.1:3"}).find("--ab: excludes url"), std::string::npos);
}

} // namespace
} // namespace loadgen::test
