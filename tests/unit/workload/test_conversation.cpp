#include "plan_builder.hpp"

#include <gtest/gtest.h>

#include <set>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

conversation_turn says(std::string text) {
  conversation_turn turn;
  turn.user = std::move(text);
  return turn;
}

/// A conversation of three turns, one of two without a system message, and a prompt.
dataset three_talks() {
  dataset_entry first;
  first.system = "Be brief.";
  first.max_tokens = 9;
  first.turns = {says("One?"), says("\"Two\"\n?"), says("Three?")};
  first.turns[0].assistant = "1.";
  first.turns[1].assistant = "zwei\té😀\"";
  first.turns[1].max_tokens = 7;
  first.turns[1].think_time = 1500ms;
  dataset_entry second;
  second.turns = {says("A"), says("B")};
  second.turns[0].assistant = "";
  dataset_entry plain;
  plain.prompt = "Alone";
  dataset made{"talks", "", {first, second, plain}};
  made.has_conversations = true;
  return made;
}

/// The same, but for what `edit` does to the first of them.
template<class Edit>
dataset with_first(Edit edit) {
  dataset talks = three_talks();
  dataset_entry first = talks.entries[0];
  edit(first);
  talks.entries = entry_list{first, talks.entries[1], talks.entries[2]};
  return talks;
}

plan made(request_settings settings, std::vector<level_settings> levels, dataset lines = three_talks()) {
  auto planned = plan::make(std::move(lines), std::move(settings), std::move(levels));
  EXPECT_TRUE(planned.has_value()) << planned.error().message;
  return *std::move(planned);
}

std::string refusal(request_settings settings, dataset lines = three_talks(), level_settings level = closed_loop(3)) {
  const auto planned = plan::make(std::move(lines), std::move(settings), {std::move(level)});
  return planned.has_value() ? "accepted" : planned.error().message;
}

request_settings scripted() {
  request_settings settings;
  settings.conversations.replies = reply_source::scripted;
  return settings;
}

TEST(conversation_order, counts_requests_conversation_by_conversation) {
  for (const std::uint32_t copies : {1U, 2U, 3U}) {
    const conversation_order order = conversation_order::make(three_talks(), copies).value();
    constexpr std::uint32_t turns[] = {3, 2, 1};
    std::uint64_t index = 0;
    for (std::uint64_t number = 0; number < 40; ++number) {
      const std::size_t line = number / copies % 3;
      EXPECT_EQ(order.line_of(number), line);
      EXPECT_EQ(order.turns_of(number), turns[line]);
      EXPECT_EQ(order.requests_before(number), index);
      for (std::uint32_t turn = 0; turn < turns[line]; ++turn) {
        EXPECT_EQ(order.conversation_at(index), number);
        ++index;
        EXPECT_EQ(order.conversations_for(index), number + 1);
      }
    }
    EXPECT_EQ(order.conversations_for(0), 0U);
  }
}

TEST(conversation, the_servers_replies_go_into_the_next_turn_as_they_were) {
  conversation held = made({}, {closed_loop(6)}).talk(0, 0);
  EXPECT_EQ(held.turns(), 3U);
  EXPECT_FALSE(held.needs_reply());
  const planned_request first = held.next();
  EXPECT_EQ(first.body, R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"One?"}],)"
                        R"("max_tokens":9,"stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(first.index, 0U);
  EXPECT_EQ(first.asked_output, 9U);
  EXPECT_EQ(first.place->turn, 1U);
  EXPECT_EQ(first.place->turns, 3U);

  EXPECT_TRUE(held.needs_reply());
  EXPECT_EQ(held.think_time(), 1500ms);
  const std::string awkward = "q\"\\ \n\t\x01 é日😀 </script>";
  const planned_request second = held.next(awkward);
  const auto messages = object_of(second.body).at("messages").as_array();
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[2].at("role"), "assistant");
  EXPECT_EQ(messages[2].at("content").as_string(), boost::json::string_view{awkward});
  EXPECT_EQ(messages[3].at("content"), "\"Two\"\n?");
  EXPECT_EQ(object_of(second.body).at("max_tokens"), 7);
  EXPECT_EQ(second.asked_output, 7U);
  EXPECT_EQ(second.index, 1U);

  const planned_request third = held.next("");
  const auto all = object_of(third.body).at("messages").as_array();
  ASSERT_EQ(all.size(), 6U);
  EXPECT_TRUE(std::equal(messages.begin(), messages.end(), all.begin()));
  EXPECT_EQ(all[4].at("content"), "");
  EXPECT_EQ(third.asked_output, 9U);
  EXPECT_TRUE(held.over());
}

TEST(conversation, scripted_replies_take_no_heed_of_the_servers) {
  const plan planned = made(scripted(), {closed_loop(6)});
  conversation held = planned.talk(0, 0);
  EXPECT_EQ(held.next().body, planned.at(0, 0).body);
  EXPECT_FALSE(held.needs_reply());
  EXPECT_EQ(held.next("unheard").body, planned.at(0, 1).body);
  const planned_request third = held.next("unheard");
  EXPECT_EQ(third.body, planned.at(0, 2).body);
  const auto messages = object_of(third.body).at("messages").as_array();
  EXPECT_EQ(messages.at(2).at("content"), "1.");
  EXPECT_EQ(messages.at(4).at("content"), "zwei\té😀\"");
  EXPECT_EQ(planned.talk(0, 1).next().index, 3U);
  EXPECT_EQ(planned.at(0, 4).place->conversation, 1U);
  EXPECT_EQ(object_of(planned.at(0, 4).body).at("messages").at(1).at("content"), "");
  EXPECT_EQ(object_of(planned.at(0, 5).body).at("messages").at(0).at("content"), "Alone");
}

TEST(conversation, the_last_one_ends_with_the_requests) {
  const plan planned = made({}, {closed_loop(8)});
  EXPECT_EQ(planned.conversations(0), 4U);
  EXPECT_EQ(planned.talk(0, 2).turns(), 1U);
  EXPECT_EQ(planned.talk(0, 3).turns(), 2U); // of three
  EXPECT_EQ(planned.warmup_talk(0, 1, 4).turns(), 1U);
  EXPECT_EQ(planned.warmup_talk(0, 1, 0).turns(), 2U);
}

TEST(conversation, an_explicit_budget_beats_those_of_turns_and_line) {
  request_settings settings;
  settings.max_tokens = 33;
  conversation held = made(settings, {closed_loop(3)}).talk(0, 0);
  for (int turn = 0; turn < 3; ++turn) {
    const planned_request request = held.next("x");
    EXPECT_EQ(object_of(request.body).at("max_tokens"), 33);
    EXPECT_EQ(request.asked_output, 33U);
  }
  settings.max_tokens.reset();
  settings.extra_body = {{"max_tokens", nullptr}, {"max_completion_tokens", 5}};
  conversation renamed = made(settings, {closed_loop(3)}).talk(0, 0);
  EXPECT_FALSE(object_of(renamed.next().body).contains("max_tokens"));
  const planned_request second = renamed.next("x");
  EXPECT_FALSE(object_of(second.body).contains("max_tokens"));
  EXPECT_EQ(second.asked_output, 0U);
  EXPECT_EQ(object_of(second.body).at("messages").as_array().size(), 4U);
}

TEST(conversation, the_salt_is_the_same_through_a_conversation_and_differs_between_them) {
  request_settings settings;
  settings.salt = prompt_salt::level;
  const plan planned = made(settings, {closed_loop(9)});
  const auto first_text = [](const planned_request& request) {
    const auto messages = object_of(request.body).at("messages").as_array();
    const std::size_t place = messages.at(0).at("role") == "system" ? 1 : 0;
    return std::string{messages.at(place).at("content").as_string()};
  };
  std::set<std::string> seen;
  for (std::uint64_t number = 0; number < 3; ++number) {
    conversation held = planned.talk(0, number);
    const std::string salted = first_text(held.next());
    EXPECT_EQ(salted.substr(0, 1), "[");
    EXPECT_TRUE(seen.insert(salted.substr(0, 11)).second);
    while (!held.over()) EXPECT_EQ(first_text(held.next("reply")), salted);
    conversation warm = planned.warmup_talk(0, number, 0);
    EXPECT_TRUE(seen.insert(first_text(warm.next()).substr(0, 11)).second);
  }
}

TEST(conversation, think_times_are_drawn_for_each_turn_of_each_conversation) {
  request_settings settings;
  settings.conversations.thinking = *parse_think_time("uniform(1,3)");
  const plan planned = made(settings, {closed_loop(300), closed_loop(300, 0, 2)});
  std::set<duration> seen;
  for (const std::size_t level : {0U, 1U})
    for (const std::uint64_t number : {0U, 3U, 6U}) {
      conversation held = planned.talk(level, number), again = planned.talk(level, number);
      EXPECT_EQ(held.think_time(), 0s);
      for (held.next(), again.next(); !held.over(); held.next("a"), again.next("b")) {
        EXPECT_EQ(held.think_time(), again.think_time());
        EXPECT_TRUE(seen.insert(held.think_time()).second);
      }
    }
  EXPECT_GE(*seen.begin(), 1s);
  EXPECT_LE(*seen.rbegin(), 3s);
  // Golden, computed by another program from docs/conversations.md: they are the same everywhere.
  conversation held = planned.talk(0, 0);
  held.next();
  EXPECT_EQ(held.think_time().count(), 1'872'738'723);
}

TEST(conversation, copies_are_alike_in_all_but_their_number) {
  request_settings settings;
  settings.copies = 2;
  settings.salt = prompt_salt::level;
  settings.conversations.thinking = *parse_think_time("exponential(2)");
  const plan planned = made(settings, {closed_loop(12)});
  conversation one = planned.talk(0, 2), two = planned.talk(0, 3);
  EXPECT_EQ(one.next().body, two.next().body);
  EXPECT_EQ(one.think_time(), two.think_time());
  EXPECT_EQ(planned.conversations(0), 6U);
}

TEST(conversation, what_cannot_be_held_is_refused) {
  request_settings completions;
  completions.endpoint = endpoint_kind::completions;
  EXPECT_EQ(refusal(completions), "dataset line 1: a conversation cannot go to the completions endpoint; expected a "
                                  "prompt, or the chat endpoint");
  const dataset unscripted = with_first([](dataset_entry& first) { first.turns[1].assistant.reset(); });
  EXPECT_EQ(refusal(scripted(), unscripted), "dataset line 1: turn 2 has no `assistant`; expected its scripted reply");
  EXPECT_EQ(refusal({}, unscripted), "accepted");
  request_settings choices;
  choices.extra_body = {{"n", 2}};
  EXPECT_EQ(refusal(choices), "dataset line 1: with several choices a conversation has no one reply to go on with; "
                              "expected an `n` of 1, or scripted replies");
  choices.conversations.replies = reply_source::scripted;
  EXPECT_EQ(refusal(choices), "accepted");
  request_settings replaced;
  replaced.extra_body = {{"messages", boost::json::array{}}};
  EXPECT_EQ(refusal(replaced),
            "dataset line 1: an extra body with messages would replace a conversation's; expected none");
  level_settings open = closed_loop(4);
  open.offsets = {0s, 1s, 2s};
  EXPECT_EQ(refusal({}, three_talks(), open),
            "level 0, trial 1: 3 offsets for 2 conversations; expected none, or one a conversation");
  level_settings outputs = closed_loop(1);
  outputs.outputs = {3};
  EXPECT_EQ(refusal({}, three_talks(), outputs),
            "level 0, trial 1: output budgets for requests of conversations; expected none");
}

TEST(conversation, the_hash_has_think_times_and_what_is_known_of_the_replies) {
  const auto hash = [](const request_settings& settings, dataset lines = three_talks()) {
    return made(settings, {closed_loop(6)}, std::move(lines)).sha256();
  };
  // Golden, computed by another program from docs/datasets.md.
  EXPECT_EQ(hash({}), "b1c24cf6e3c7b9e37ef99f54e1014a5ea2affc56c771c211292e6dace0a7d6b8");
  EXPECT_EQ(hash(scripted()), "5483555a5e543619a13a23cbf625bebda5d8ffab1d10386685017a682cd13ebb");
  const dataset slower = with_first([](dataset_entry& first) { first.turns[1].think_time = 1600ms; });
  const dataset other_reply = with_first([](dataset_entry& first) { first.turns[0].assistant = "2."; });
  EXPECT_NE(hash({}), hash({}, slower));
  EXPECT_NE(hash({}), hash(scripted()));
  EXPECT_EQ(hash({}), hash({}, other_reply)); // it is not sent
  EXPECT_NE(hash(scripted()), hash(scripted(), other_reply));
  request_settings slow;
  slow.conversations.thinking = think_time{.first = 1s};
  EXPECT_NE(hash({}), hash(slow));
}

TEST(conversation, duration_mode_hashes_the_conversations_that_were_begun) {
  level_settings timed;
  timed.time = 3s;
  const plan planned = made({}, {timed});
  EXPECT_EQ(planned.conversations(0), std::nullopt);
  EXPECT_NE(planned.sha256({1}), planned.sha256({2}));
  EXPECT_EQ(planned.talk(0, 1'000'000).turns(), 2U);
}

} // namespace
} // namespace loadgen::workload
