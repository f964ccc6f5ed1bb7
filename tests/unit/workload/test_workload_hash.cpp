#include "plan_builder.hpp"

#include <loadgen/workload/plan.hpp>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

std::string hash(const request_settings& settings, const std::vector<level_settings>& levels,
                 const dataset& prompts = three_lines()) {
  return plan::make(prompts, settings, levels).value().sha256();
}

request_settings salted(prompt_salt salt, std::uint64_t seed) {
  request_settings settings;
  settings.salt = salt;
  settings.seed = seed;
  return settings;
}

const std::vector<level_settings> three_levels{closed_loop(4, 0, 1), closed_loop(4, 0, 2), closed_loop(4, 1, 1)};

// The golden digests were computed by a Python program that shares no code with the library: bodies made of dicts by
// json.dumps(separators=(",", ":"), ensure_ascii=False), salts and the encoding as docs/datasets.md has them, hashlib.
TEST(workload_hash, golden_for_a_closed_loop) {
  EXPECT_EQ(hash({}, {closed_loop(5)}), "394114365710fb0d1c0f895c984f89bcda0a233c41946feb216e06a32f2aeec3");
}

TEST(workload_hash, golden_for_each_salt_and_seed) {
  EXPECT_EQ(hash(salted(prompt_salt::level, 1), three_levels),
            "26ee2ce30315c613251234d38153c3e11c2a5d8fb51cd2948fedc1afa4c6737c");
  EXPECT_EQ(hash(salted(prompt_salt::level, 2), three_levels),
            "b2052bad9edd56c659eed0af39e76c4ec7d983672fff08c50a7ada9e2115076c");
  EXPECT_EQ(hash(salted(prompt_salt::trial, 1), three_levels),
            "b618c1ad5059282f10ce464974c67f13938e2b5a0113ca93572e399c147cb856");
  EXPECT_EQ(hash(salted(prompt_salt::trial, 2), three_levels),
            "705456c5ca770d895ac186bc352eeda9ffd87df661d8fd8c59eb6df6b2427ab1");
}

TEST(workload_hash, golden_for_an_open_loop_of_completions_with_every_setting) {
  request_settings settings;
  settings.endpoint = endpoint_kind::completions;
  settings.max_tokens = 9;
  settings.ask_usage = false;
  settings.temperature = 0.7;
  settings.ignore_eos = true;
  settings.extra_body = object_of(R"({"top_p":1.0,"stop":["a"],"stream":null})");
  EXPECT_EQ(hash(settings, {level_settings{0, 1, 3, {0ns, 1500us, 4s}}}, two_prompts()),
            "50ae79d79f03942ba2def9b6ba114af999fbd3e36a5b16edff3f90c2aeeb4703");
}

TEST(workload_hash, golden_for_the_builtin_corpus) {
  EXPECT_EQ(hash({}, {closed_loop(100)}, builtin_dataset("default").value()),
            "dd9a716df61f6a68aceb7a1207ff71d007785b371f1413c0b5c6f3bd00488634");
}

TEST(workload_hash, is_that_of_the_bodies_that_are_sent) { // the digest is made of other pieces than the bodies are
  const plan nameless = plan::make(three_lines(), salted(prompt_salt::trial, 3), {closed_loop(4)}).value();
  std::vector<dataset_entry> sent;
  for (std::uint64_t i = 0; i < 4; ++i) {
    dataset_entry entry;
    entry.messages = boost::json::serialize(object_of(nameless.at(0, i).body).at("messages"));
    entry.max_tokens = nameless.at(0, i).asked_output;
    sent.push_back(entry);
  }
  EXPECT_EQ(nameless.sha256(), hash({}, {closed_loop(4)}, dataset{"sent", "", sent}));
}

TEST(workload_hash, the_model_is_outside) {
  request_settings settings;
  const std::string nameless = hash(settings, {closed_loop(5)});
  settings.model = "a";
  EXPECT_EQ(hash(settings, {closed_loop(5)}), nameless);
  settings.model = "another/model";
  EXPECT_EQ(hash(settings, {closed_loop(5)}), nameless);
  settings.extra_body = object_of(R"({"model":"third"})");
  EXPECT_EQ(hash(settings, {closed_loop(5)}), nameless);
}

TEST(workload_hash, what_is_not_sent_is_outside) {
  request_settings settings;
  const std::string usual = hash(settings, {closed_loop(5)});
  settings.seed = 99; // nothing is drawn from it here
  EXPECT_EQ(hash(settings, {closed_loop(5)}), usual);
  dataset renamed = three_lines();
  renamed.name = "elsewhere";
  EXPECT_EQ(hash({}, {closed_loop(5)}, renamed), usual);
  EXPECT_EQ(hash({}, {closed_loop(5, 3, 2)}), usual);
}

TEST(workload_hash, every_other_change_changes_it) {
  const std::vector<level_settings> open{level_settings{0, 1, 3, {1ms, 2ms, 3ms}}};
  std::multiset<std::string> hashes{hash({}, open, two_prompts()), hash({}, {closed_loop(3)}, two_prompts())};
  const auto with = [&](const std::function<void(request_settings&)>& change) {
    request_settings settings;
    change(settings);
    hashes.insert(hash(settings, open, two_prompts()));
  };
  with([](auto& s) { s.endpoint = endpoint_kind::completions; });
  with([](auto& s) { s.default_max_tokens = 129; });
  with([](auto& s) { s.max_tokens = 5; });
  with([](auto& s) { s.ignore_eos = true; });
  with([](auto& s) { s.temperature = 0; });
  with([](auto& s) { s.temperature = 0.5; });
  with([](auto& s) { s.ask_usage = false; });
  with([](auto& s) { s.extra_body = object_of(R"({"top_k":1})"); });
  with([](auto& s) { s.salt = prompt_salt::level; });
  with([](auto& s) { s.salt = prompt_salt::trial; });
  with([](auto& s) { s.salt = prompt_salt::level, s.seed = 2; });
  hashes.insert(hash({}, {level_settings{0, 1, 3, {1ms, 2ms, duration{3'000'001}}}}, two_prompts()));
  hashes.insert(hash({}, {level_settings{0, 1, 2, {1ms, 2ms}}}, two_prompts()));
  hashes.insert(hash({}, {open[0], open[0]}, two_prompts()));
  const entry_list both = two_prompts().entries;
  dataset_entry changed = both[1];
  changed.prompt += ".";
  hashes.insert(hash({}, open, dataset{"changed", "", {both[0], changed}}));
  hashes.insert(hash({}, open, dataset{"swapped", "", {both[1], both[0]}}));
  EXPECT_EQ(std::set<std::string>(hashes.begin(), hashes.end()).size(), hashes.size());
}

} // namespace
} // namespace loadgen::workload
