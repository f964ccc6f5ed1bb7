#include "settings.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <map>

namespace loadgen::cli {
namespace {

using strings = std::vector<std::string>;
using variable_map = std::map<std::string, std::string>;

environment variables(variable_map known = {}) {
  return [known = std::move(known)](const std::string& name) -> std::optional<std::string> {
    const auto found = known.find(name);
    return found == known.end() ? std::nullopt : std::optional{found->second};
  };
}

result<resolved_command> resolve_run(const strings& arguments, variable_map known = {}) {
  return resolve(run_options(), arguments, variables(std::move(known)));
}

std::string error_of(const strings& arguments, variable_map known = {}) {
  const auto command = resolve_run(arguments, std::move(known));
  return command.has_error() ? command.error().message : "";
}

std::string json_of(const resolved_command& command, std::string_view name) {
  return boost::json::serialize(command.values.to_json().at(name));
}

TEST(settings, defaults_are_those_of_the_table) {
  const auto command = resolve_run({});
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->values.text("concurrency"), "1");
  EXPECT_EQ(command->values.text("stall-timeout"), "300s");
  EXPECT_FALSE(command->values.at("model").is_set());
  EXPECT_FALSE(command->values.is_on("ignore-eos"));
  EXPECT_EQ(json_of(*command, "concurrency"), R"({"value":[1],"source":"default"})");
  EXPECT_EQ(json_of(*command, "model"), R"({"value":null,"source":"default"})");
}

TEST(settings, both_spellings_and_both_value_forms_are_read) {
  for (const strings& arguments : {strings{"--max-tokens", "7"}, strings{"--max_tokens", "7"},
                                   strings{"--max-tokens=7"}, strings{"--max_tokens=7"}})
    EXPECT_EQ(resolve_run(arguments)->values.text("max-tokens"), "7") << arguments.front();
}

TEST(settings, a_value_may_look_like_an_option) {
  EXPECT_EQ(resolve_run({"--prompt", "--max_tokens"})->values.text("prompt"), "--max_tokens");
}

TEST(settings, flag_beats_environment_beats_file_beats_default) {
  const test::temporary_folder folder;
  const std::string config =
      folder.write("c.json", R"({"max_tokens": 3, "retries": 3, "seed": 3, "extra-body": {"top_p": 0.5}})").string();
  const auto command = resolve_run({"--config", config, "--max-tokens", "5"},
                                   {{"LOADGEN_MAX_TOKENS", "4"}, {"LOADGEN_RETRIES", "4"}, {"LOADGEN_LABEL", ""}});
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(json_of(*command, "max-tokens"), R"({"value":5,"source":"flag"})");
  EXPECT_EQ(json_of(*command, "retries"), R"({"value":4,"source":"environment"})");
  EXPECT_EQ(json_of(*command, "seed"), R"({"value":3,"source":"file"})");
  EXPECT_EQ(json_of(*command, "extra-body"), R"({"value":{"top_p":5E-1},"source":"file"})");
  EXPECT_EQ(json_of(*command, "concurrency"), R"({"value":[1],"source":"default"})");
  EXPECT_EQ(json_of(*command, "label"), R"({"value":null,"source":"default"})"); // set and empty: not set
}

TEST(settings, the_config_file_may_come_from_the_environment) {
  const test::temporary_folder folder;
  const std::string config = folder.write("c.json", R"({"concurrency": [1, 8], "header": ["A: 1", "B: 2"]})").string();
  const auto command = resolve_run({}, {{"LOADGEN_CONFIG", config}});
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(command->values.text("concurrency"), "1,8");
  EXPECT_EQ(command->values.at("header").values, (strings{"A: 1", "B: 2"}));
}

TEST(settings, a_pair_takes_two_values_from_wherever_it_comes) {
  const strings both{"http://a", "http://b"};
  EXPECT_EQ(resolve_run({"--ab", "http://a", "http://b", "--quiet"})->values.at("ab").values, both);
  EXPECT_EQ(resolve_run({"--ab=http://a", "http://b"})->values.at("ab").values, both);
  EXPECT_EQ(resolve_run({}, {{"LOADGEN_AB", "http://a\nhttp://b"}})->values.at("ab").values, both);
  const test::temporary_folder folder;
  const std::string config = folder.write("c.json", R"({"ab": ["http://a", "http://b"]})").string();
  const auto command = resolve_run({"--config", config});
  EXPECT_EQ(command->values.at("ab").values, both);
  EXPECT_EQ(json_of(*command, "ab"), R"({"value":["http://a","http://b"],"source":"file"})");
}

TEST(settings, a_pair_of_one_or_three_is_refused) {
  EXPECT_EQ(error_of({"--ab", "http://a"}), "--ab: 1 given; expected two: URL_A URL_B");
  EXPECT_EQ(error_of({"--ab", "http://a", "--quiet"}), "--ab: 1 given; expected two: URL_A URL_B");
  EXPECT_EQ(error_of({"--ab", "http://a", "http://b", "http://c"}),
            "'http://c': not expected here; options begin with --");
  EXPECT_NE(error_of({"--ab", "http://a", "http://b", "--ab", "http://c"}).find("given twice"), std::string::npos);
}

TEST(settings, repeated_options_gather_flags_and_lines_of_a_variable) {
  EXPECT_EQ(resolve_run({"--header", "A: 1", "--header", "B: 2"})->values.at("header").values,
            (strings{"A: 1", "B: 2"}));
  EXPECT_EQ(resolve_run({}, {{"LOADGEN_HEADER", "A: 1\nB: 2\n"}})->values.at("header").values,
            (strings{"A: 1", "B: 2"}));
}

TEST(settings, a_toggle_can_be_switched_off_again) {
  EXPECT_TRUE(resolve_run({}, {{"LOADGEN_QUIET", "true"}})->values.is_on("quiet"));
  EXPECT_FALSE(resolve_run({"--quiet=false"}, {{"LOADGEN_QUIET", "true"}})->values.is_on("quiet"));
}

TEST(settings, an_unknown_option_is_answered_with_the_nearest) {
  EXPECT_EQ(error_of({"--concurency", "4"}), "--concurency: no such option; did you mean --concurrency?");
  EXPECT_EQ(error_of({"--max_token=4"}), "--max-token: no such option; did you mean --max-tokens?");
  EXPECT_EQ(error_of({"--qwertyuiop"}), "--qwertyuiop: no such option; --help lists all");
}

TEST(settings, misplaced_words_are_named) {
  EXPECT_EQ(error_of({"--requests"}), "--requests: its value is missing; expected N");
  EXPECT_EQ(error_of({"--requests", "1", "--requests", "2"}), "--requests: given twice; expected once");
  EXPECT_EQ(error_of({"stray"}), "'stray': not expected here; options begin with --");
  EXPECT_EQ(error_of({"-c"}), "'-c': not expected here; options begin with --");
  EXPECT_EQ(error_of({"--quiet", "stray"}), "'stray': not expected after --quiet, which takes no value");
}

TEST(settings, choices_are_checked_whatever_their_source) {
  EXPECT_EQ(error_of({"--progress", "fancy"}), "--progress: 'fancy' is not known; expected auto, plain or none");
  EXPECT_EQ(error_of({}, {{"LOADGEN_PROGRESS", "fancy"}}),
            "LOADGEN_PROGRESS: 'fancy' is not known; expected auto, plain or none");
  EXPECT_EQ(error_of({}, {{"LOADGEN_QUIET", "yes"}}), "LOADGEN_QUIET: 'yes' is not known; expected true or false");
}

TEST(settings, options_of_later_versions_are_accepted_with_their_default_only) {
  EXPECT_TRUE(resolve_run({}).has_value());
  EXPECT_EQ(error_of({"--source-address", "::1"}), "--source-address: not yet in this version");
  EXPECT_EQ(error_of({}, {{"LOADGEN_SHARD", "0/2"}}), "LOADGEN_SHARD: not yet in this version");
  EXPECT_EQ(resolve_run({"--source-address", "::1"}).error().code, errc::not_yet);
}

TEST(settings, config_files_are_read_strictly) {
  const test::temporary_folder folder;
  const auto refusal = [&](std::string_view text) {
    const std::string file = folder.write("c.json", text).string();
    std::string message = error_of({"--config", file});
    const std::size_t at = message.find(file);
    return at == std::string::npos ? message : message.replace(at, file.size(), "FILE");
  };
  EXPECT_EQ(refusal(R"([1])"), "--config: FILE: expected a JSON object");
  EXPECT_EQ(refusal(R"({"concurency": 1})"), "--config: FILE: 'concurency' is no setting; did you mean 'concurrency'?");
  EXPECT_EQ(refusal(R"({"model": [1]})"), "--config: FILE: model: expected text or a number");
  EXPECT_EQ(refusal(R"({"max-tokens": 1, "max_tokens": 2})"), "--config: FILE: 'max-tokens' stands there twice");
  EXPECT_EQ(refusal(R"({"config": "x"})"), "--config: FILE: 'config' is no setting");
  EXPECT_NE(refusal("{").find("not JSON"), std::string::npos);
  EXPECT_EQ(error_of({"--config", "/nowhere/c.json"}),
            "--config: cannot read /nowhere/c.json: No such file or directory");
}

TEST(settings, secrets_are_hidden_wherever_they_would_be_stored) {
  const auto command = resolve_run({"--header", "Authorization: Bearer abc", "--header=X-Api-Key: abc", "--header",
                                    "X-Trace: abc", "--header", "cookie:abc", "--header", "abc"});
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(json_of(*command, "header"),
            R"json({"value":["Authorization: (hidden)","X-Api-Key: (hidden)","X-Trace: abc","cookie: (hidden)",)json"
            R"json("(hidden)"],"source":"flag"})json");
  EXPECT_EQ(command->shown_arguments,
            (strings{"--header", "Authorization: (hidden)", "--header=X-Api-Key: (hidden)", "--header", "X-Trace: abc",
                     "--header", "cookie: (hidden)", "--header", "(hidden)"}));
}

TEST(settings, every_option_of_every_table_has_a_unique_name_and_help) {
  for (const option_table* table : {&run_options(), &report_options(), &serve_options(), &calibrate_options()}) {
    std::map<std::string_view, int> seen;
    for (const option_group& group : table->groups)
      for (const option_row& row : group.rows) {
        EXPECT_EQ(++seen[row.name], 1) << table->command << " --" << row.name;
        EXPECT_FALSE(row.help.empty()) << table->command << " --" << row.name;
        EXPECT_EQ(row.placeholder.empty(), row.shape == value_shape::toggle) << table->command << " --" << row.name;
      }
  }
}

} // namespace
} // namespace loadgen::cli
