// loadgen dataset make and generate: files of prompts, made by a rule or written by a server.

#include "integration/reference_run.hpp"
#include "support/scripted_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <set>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using words = std::vector<std::string>;

process_result dataset(const words& arguments) {
  words command{LOADGEN_PROGRAM, "dataset"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command);
}

std::vector<json::object> lines_of(const fs::path& file) {
  std::vector<json::object> lines;
  std::ifstream stream{file};
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line).as_object());
  return lines;
}

json::object manifest_of(const fs::path& file) {
  return json::parse(text_of(file.parent_path() / (file.stem().string() + ".manifest.json"))).as_object();
}

std::size_t words_in(const json::value& text) {
  const json::string& prompt = text.as_string();
  return static_cast<std::size_t>(std::count(prompt.begin(), prompt.end(), ' ')) + 1;
}

TEST(dataset_make, the_same_seed_gives_the_same_bytes_and_a_manifest_that_holds) {
  const temporary_folder folder;
  const auto make = [&folder](const std::string& name, const std::string& seed) {
    const fs::path file = folder.path() / (name + ".jsonl");
    const process_result ended = dataset({"make", "in=lognormal(40,0.5),out=uniform(4,8),prefix=16,hit=0.5", "--seed",
                                          seed, "--requests", "50", "--to", file.string()});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return text_of(file);
  };
  const std::string first = make("first", "3");
  EXPECT_EQ(make("again", "3"), first);
  EXPECT_NE(make("other", "4"), first);
  EXPECT_EQ(dataset({"check", (folder.path() / "first.jsonl").string()}).exit_code, 0);
  json::object manifest = manifest_of(folder.path() / "first.jsonl"),
               again = manifest_of(folder.path() / "again.jsonl");
  EXPECT_EQ(manifest.at("lines"), 50);
  EXPECT_EQ(manifest.at("provenance").at("seed"), 3);
  EXPECT_EQ(manifest.at("sha256"), again.at("sha256"));
  // Bytes that no version may change.
  EXPECT_EQ(manifest.at("sha256"), "aafd4fa59fc66d1fae54ff4e687e728086c734a5d821334f253983b56d45af0b");
  for (const json::object& line : lines_of(folder.path() / "first.jsonl"))
    EXPECT_EQ(words_in(line.at("prompt")), line.at("asked_tokens").to_number<std::size_t>());
}

TEST(dataset_make, a_run_sends_what_a_run_of_the_spec_would) {
  reference_server server{{"--ttft", "1ms", "--itl", "0s", "--tokenize", "none"}};
  const temporary_folder folder, from_file, from_spec;
  const fs::path file = folder.path() / "made.jsonl";
  ASSERT_EQ(dataset({"make", "in=uniform(5,60),out=3", "--requests", "20", "--to", file.string()}).exit_code, 0);
  const auto hash = [&server](const temporary_folder& results, const std::string& prompts) {
    const process_result ended =
        run_process(run_command(server.url(), results, {"--dataset", prompts, "--requests", "20", "--quiet"}));
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return summary_of(run_folder_in(results)).at("workload").at("sha256");
  };
  EXPECT_EQ(hash(from_file, file.string()), hash(from_spec, "synthetic:in=uniform(5,60),out=3"));
}

TEST(dataset_make, lengths_are_exact_on_the_server_that_it_is_made_for) {
  reference_server server{{"--ttft", "1ms", "--itl", "0s", "--chat-overhead", "9"}};
  const temporary_folder folder, results;
  const fs::path file = folder.path() / "made.jsonl";
  const process_result made =
      dataset({"make", "in=64,out=1", "--requests", "10", "--to", file.string(), "--url", server.url()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.out.find("10 prompts, lengths exact"), std::string::npos) << made.out;
  const process_result ran =
      run_process(run_command(server.url(), results, {"--dataset", file.string(), "--requests", "10", "--quiet"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(summary_of(run_folder_in(results)).at("levels").at(0).at("tokens").at("input"), 640);
}

TEST(dataset_make, bad_input_writes_nothing) {
  const temporary_folder folder;
  const std::string file = (folder.path() / "made.jsonl").string();
  EXPECT_EQ(dataset({"make", "in=zz", "--to", file}).err.rfind("loadgen: SPEC: 'zz' is not a length", 0), 0U);
  EXPECT_EQ(dataset({"make", "out=4", "--to", file}).exit_code, 2);
  EXPECT_EQ(dataset({"make", "in=4", "--to", (folder.path() / "made.txt").string()}).exit_code, 2);
  EXPECT_EQ(dataset({"make", "in=4"}).err.rfind("loadgen: --to: is required", 0), 0U);
  EXPECT_EQ(dataset({"make", "in=4", "--to", file, "--calibrate", "probe"}).exit_code, 2);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  ASSERT_EQ(dataset({"make", "in=4", "--to", file}).exit_code, 0);
  const process_result again = dataset({"make", "in=5", "--to", file});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("is there already"), std::string::npos);
  EXPECT_EQ(dataset({"make", "in=5", "--to", file, "--force"}).exit_code, 0);
}

/// A server that writes a prompt of its own for each request that `fails` lets through, and counts all.
class writing_server {
public:
  explicit writing_server(std::function<bool(int)> fails)
      : fails_(std::move(fails)),
        server_([this](scripted_connection& client, int) { play(client); }) {}

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", server_.port()); }

  [[nodiscard]] int requests() const { return requests_; }

  [[nodiscard]] std::vector<json::object> bodies() const {
    const std::lock_guard lock{mutex_};
    return bodies_;
  }

private:
  void play(scripted_connection& client) {
    while (client.read_request()) {
      if (client.head().starts_with("GET")) {
        constexpr std::string_view models = R"({"object":"list","data":[{"id":"scribe","object":"model"}]})";
        client.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                                models.size(), models));
        continue;
      }
      const int number = requests_++;
      {
        const std::lock_guard lock{mutex_};
        bodies_.push_back(json::parse(client.body()).as_object());
      }
      if (fails_(number)) {
        client.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
        continue;
      }
      client.send(stream_head() + token_chunk(fmt::format("  \\\"Prompt number {},", number)) +
                  token_chunk(" with a café.\\\"\\n") + stream_tail());
    }
  }

  std::function<bool(int)> fails_;
  std::atomic<int> requests_{0};
  mutable std::mutex mutex_;
  std::vector<json::object> bodies_;
  scripted_server server_;
};

TEST(dataset_generate, eighteen_prompts_in_six_categories) {
  const writing_server server{[](int) { return false; }};
  const temporary_folder folder;
  const fs::path file = folder.path() / "written.jsonl";
  const process_result ended =
      dataset({"generate", "--url", server.url(), "--to", file.string(), "--licence", "CC0-1.0"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(server.requests(), 18);
  const std::vector<json::object> lines = lines_of(file);
  ASSERT_EQ(lines.size(), 18U);
  std::map<std::string, int> categories;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ++categories[std::string{lines[i].at("category").as_string()}];
    ids.emplace(lines[i].at("id").as_string());
    EXPECT_EQ(lines[i].at("prompt").as_string(), fmt::format("Prompt number {}, with a café.", i));
    EXPECT_EQ(lines[i].at("model"), "scribe");
  }
  EXPECT_EQ(ids.size(), 18U);
  EXPECT_EQ(categories.size(), 6U);
  for (const auto& [category, count] : categories) EXPECT_EQ(count, 3) << category;
  const json::object manifest = manifest_of(file);
  EXPECT_EQ(manifest.at("lines"), 18);
  EXPECT_EQ(manifest.at("licence"), "CC0-1.0");
  EXPECT_EQ(manifest.at("provenance").at("models"), json::value(json::array{"scribe"}));
  EXPECT_EQ(text_of(folder.path() / "written.manifest.json").find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(dataset({"check", file.string()}).exit_code, 0);
  const json::object body = server.bodies().front();
  EXPECT_EQ(body.at("model"), "scribe");
  EXPECT_EQ(body.at("temperature"), 0.8);
  EXPECT_EQ(body.at("max_tokens"), 1024);
  EXPECT_EQ(dataset({"generate", "--url", server.url(), "--to", file.string()}).exit_code, 0);
  EXPECT_EQ(server.requests(), 18);                      // nothing was left to ask
  EXPECT_EQ(manifest_of(file).at("licence"), "CC0-1.0"); // what made the prompts, not what was asked for last
}

TEST(dataset_generate, a_failed_request_is_tried_again_and_nothing_is_lost) {
  const writing_server server{[](int number) { return number % 3 == 1; }};
  const temporary_folder folder;
  const fs::path file = folder.path() / "written.jsonl";
  const process_result ended = dataset({"generate", "--url", server.url(), "--to", file.string(), "--model", "m"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(lines_of(file).size(), 18U);
  EXPECT_EQ(server.requests(), 27); // 9 of them failed
  EXPECT_NE(ended.err.find("loadgen: 9 attempts failed\n"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("attempt 1 of 3 failed: http_status 503: busy"), std::string::npos) << ended.err;
}

TEST(dataset_generate, what_is_missing_is_asked_for_by_the_same_command_and_comes_into_its_place) {
  std::atomic<bool> well{false};
  const writing_server server{[&well](int number) { return !well && number >= 2; }};
  const temporary_folder folder;
  const fs::path file = folder.path() / "written.jsonl";
  const words command{
      "generate",       "--url", server.url(), "--to", file.string(), "--categories", "coding,reasoning",
      "--per-category", "2",     "--retries",  "1"};
  const process_result failed = dataset(command);
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.err.find("2 of 4 prompts are missing: reasoning-1, reasoning-2"), std::string::npos) << failed.err;
  EXPECT_EQ(lines_of(file).size(), 2U);
  EXPECT_FALSE(fs::exists(folder.path() / "written.manifest.json"));
  EXPECT_EQ(server.requests(), 6);                                       // two, and twice two attempts
  std::ofstream{file, std::ios::app} << R"({"id":"reasoning-1","categ)"; // as a kill may leave it
  well = true;
  const process_result resumed = dataset(command);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(server.requests(), 8);
  std::vector<std::string> ids;
  for (const json::object& line : lines_of(file)) ids.emplace_back(line.at("id").as_string());
  EXPECT_EQ(ids, (words{"coding-1", "coding-2", "reasoning-1", "reasoning-2"}));
  EXPECT_TRUE(fs::exists(folder.path() / "written.manifest.json"));
}

TEST(dataset_generate, works_with_the_reference_server) {
  reference_server server{{"--ttft", "1ms", "--itl", "0s"}};
  const temporary_folder folder;
  const fs::path file = folder.path() / "written.jsonl";
  const process_result ended = dataset({"generate", "--url", server.url(), "--to", file.string(), "--max-tokens", "5"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  ASSERT_EQ(lines_of(file).size(), 18U);
  EXPECT_EQ(lines_of(file).front().at("prompt"), "000000 000001 000002 000003 000004");
  EXPECT_EQ(manifest_of(file).at("provenance").at("cut_at_max_tokens"), 18);
}

TEST(dataset_generate, bad_input_is_refused_before_anything_is_asked) {
  const writing_server server{[](int) { return false; }};
  const temporary_folder folder;
  const std::string file = (folder.path() / "written.jsonl").string();
  const auto refusal = [](const words& arguments) {
    const process_result ended = dataset(arguments);
    EXPECT_EQ(ended.exit_code, 2);
    return ended.err;
  };
  EXPECT_EQ(refusal({"generate", "--to", file}).rfind("loadgen: --url: is required", 0), 0U);
  EXPECT_EQ(refusal({"generate", "--url", server.url()}).rfind("loadgen: --to: is required", 0), 0U);
  EXPECT_EQ(refusal({"generate", "--url", server.url(), "--to", file, "--categories", "a,a"}),
            "loadgen: --categories: 'a' is named twice\n");
  std::ofstream{file} << R"({"id":"mine","prompt":"Hello"})" << '\n';
  EXPECT_EQ(refusal({"generate", "--url", server.url(), "--to", file}),
            "loadgen: " + file +
                ":1: not a prompt of this generation; expected another --to, or the categories that the file was begun "
                "with\n");
  EXPECT_EQ(server.requests(), 0);
  EXPECT_EQ(dataset({"generate", "--url", fmt::format("http://127.0.0.1:{}", unused_port()), "--to",
                     (folder.path() / "none.jsonl").string()})
                .exit_code,
            4);
}

} // namespace
} // namespace loadgen::test
