#pragma once

#include <loadgen/base/endpoint.hpp>
#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/workload/conversation.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is sent, and when: datasets, arrivals, and the plan made of them.
namespace loadgen::workload {

/// How the prompts of one level are kept from being served out of the prefix cache that another level has warmed.
enum class prompt_salt : std::uint8_t {
  none,  ///< prompts as they are in the dataset
  level, ///< a short prefix for each request, derived from seed, level and index: equal in all trials of a level
  trial, ///< the same, and different in each trial
};

/// A model or an adapter, and how often it is asked for.
struct model_share {
  std::string name;  ///< as the server knows it
  double weight = 1; ///< finite, at least 0; in proportion to those beside it, one of which is above 0
};

/// What every request of a run has in common.
struct request_settings {
  endpoint_kind endpoint = endpoint_kind::chat; ///< path and form of the bodies; which take messages: takes_messages()
  bool stream = true;                           ///< false: whole answers are asked for; `generate` has none
  std::string model;                            ///< outside the workload hash; empty: the body names none
  bool keep_line_models = false;                ///< a line's body that names a model keeps it, whatever `model` is
  std::uint32_t default_max_tokens = 128;       ///< for lines without a max_tokens of their own; at least 1
  std::optional<std::uint32_t> max_tokens;      ///< asked for explicitly: beats a line's own; at least 1
  /// The model of each request, drawn by weight from `seed` and its place; all copies of a request have the same. Like
  /// `model`, which they replace, outside the workload hash. Empty: `model` for all.
  std::vector<model_share> models;
  /// The `lora_path` of each request, drawn likewise, and part of the workload hash: SGLang's way to name an adapter.
  /// An empty name: the body has no such key. Empty: no body has.
  std::vector<model_share> loras;
  std::vector<std::string> stop;             ///< texts that end an answer: the body's `stop`; empty: no such key
  std::optional<std::uint32_t> min_tokens;   ///< shortest answer, which some servers know; unset: no such key
  std::optional<std::int64_t> sampling_seed; ///< the body's `seed`, the same for all; unset: no such key
  bool seed_each = false;  ///< each request has a `seed` of its own, drawn from `seed`; excludes sampling_seed
  bool ignore_eos = false; ///< bodies ask for max_tokens in full, which some servers know; false: no such key
  std::optional<double> temperature; ///< at least 0; unset: the body names none, and the server's default holds
  bool ask_usage = true;             ///< stream_options.include_usage
  boost::json::object extra_body;    ///< a JSON merge patch on the body (RFC 7396): null removes a key
  /// Put before the first user message's text, or before the prompt; generated prompts take other words instead.
  prompt_salt salt = prompt_salt::none;
  std::uint64_t seed = 1; ///< of all that is drawn in a body; a prompt_generator has its own
  /// How often each request is sent, one after the other, before the next line's; at least 1. 2 where two servers are
  /// compared on the same requests.
  std::uint32_t copies = 1;
  conversation_settings conversations{}; ///< of no effect where the dataset has none

  /// What requests are answered with.
  [[nodiscard]] answer_form answers() const noexcept { return {endpoint, stream}; }
};

/// A cell of a grid over prompt lengths and output budgets.
struct grid_cell {
  std::uint32_t input = 0;  ///< tokens of each prompt, at least 1
  std::uint32_t output = 0; ///< tokens that each request asks for, at least 1

  /// Member by member.
  friend bool operator==(const grid_cell&, const grid_cell&) = default;
};

/// One level and trial: how many requests, and at which moments.
struct level_settings {
  std::uint32_t level = 0;    ///< place in the sweep, from 0; goes into the salt
  std::uint32_t trial = 1;    ///< repetition of that level, from 1; goes into the salt of prompt_salt::trial
  std::uint64_t requests = 0; ///< at least 1; 0 where `time` is set
  /// Open loop: when each request is due, ascending, from the start of the measured phase; one a request, or where
  /// `time` is set as many as fall before it. Of conversations: when each begins, one a conversation. Closed loop:
  /// empty.
  std::vector<duration> offsets{};
  /// Duration mode: issuing stops so long after the start of the measured phase; above 0. Unset: count mode.
  std::optional<duration> time{};
  std::vector<duration> warmup_offsets{}; ///< open loop: the same for warm-up requests, from the start of the warm-up
  /// Count mode: the output budget of each request, at least 1, in place of its line's own; empty: the lines', as it is
  /// with conversations. An
  /// explicit max_tokens of the request_settings, or one in their extra_body, beats it.
  std::vector<std::uint32_t> outputs{};
  /// Count mode: which of the dataset's entries each request is, from 0; empty: in file order.
  std::vector<std::uint32_t> lines{};
  std::vector<std::uint32_t> warmup_lines{}; ///< open loop: the same of each warm-up request; empty: in file order
  /// Count mode, generated prompts: the tokens of each request's prompt, at least 1; empty: drawn as the spec says.
  std::vector<std::uint32_t> inputs{};
  /// Count mode, generated prompts: the `hash_ids` of each request's prompt (see prompt_order); null: none.
  std::shared_ptr<const std::vector<std::vector<std::uint64_t>>> blocks{};
  std::optional<grid_cell> cell{}; ///< generated prompts: lengths of all its requests, in place of the spec's

  /// Whether requests go out by the offsets; where there are none, when earlier ones have ended.
  [[nodiscard]] bool open_loop() const noexcept { return !offsets.empty(); }
};

/// What goes out for one place in the plan.
struct planned_request {
  std::uint64_t index = 0;           ///< its place in its level and trial, or among the warm-up requests, from 0
  std::optional<duration> offset;    ///< open loop: after the start of the phase
  std::uint32_t dataset_line = 0;    ///< which of the dataset's entries, from 0; of generated prompts: the how-manieth
  std::uint32_t asked_input = 0;     ///< tokens that a generated prompt is meant to have; 0: it is not generated
  std::uint32_t asked_output = 0;    ///< the body's max_tokens; 0 where extra_body removes it
  std::string body;                  ///< the request's JSON; empty: it can no longer be made, see plan::failure()
  std::optional<turn_place> place{}; ///< where it stands in its conversation; unset where the dataset has none
};

class conversation;
struct prepared_body;
class workload_hasher;

/// The requests of a run as a pure function of (dataset, settings): the same seed gives the same bytes. Bodies are
/// made when asked for, so that a plan of a million requests takes no more memory than its dataset.
///
/// Each level and trial sends the dataset's lines in file order, each once (with `copies`: so often) before any
/// repeats. Where any line has turns the lines are conversations, and what is issued, with an offset and a salt of its
/// own, is one of these; requests are counted conversation by conversation, and where they end within one it ends
/// there. Thread-safety: all const members may be called from several threads at once. Cheap to copy (shares the
/// dataset).
class plan {
public:
  /// Errors: invalid_input where a setting is out of its range, the dataset or the levels are empty, or a line of the
  /// dataset cannot become a body: messages for the completions endpoint, no text to put the salt in, bytes that are
  /// not UTF-8; io where a line cannot be read.
  [[nodiscard]] static result<plan> make(dataset prompts, request_settings settings,
                                         std::vector<level_settings> levels);

  /// This plan with one more level behind its own, which stay as they are: for runs that decide on levels while they
  /// go. Takes time and memory for the levels, not for the dataset, which both plans share. Errors: invalid_input where
  /// a setting of the level is out of its range.
  [[nodiscard]] result<plan> with_level(level_settings level) const;

  /// As given to make(), one for each level and trial, in the order they run. Valid as long as this plan or a copy.
  [[nodiscard]] const std::vector<level_settings>& levels() const noexcept;

  /// As given to make(). Valid as long as this plan or a copy.
  [[nodiscard]] const request_settings& settings() const noexcept;

  /// As given to make(). Valid as long as this plan or a copy.
  [[nodiscard]] const dataset& prompts() const noexcept;

  /// Whether the dataset has conversations.
  [[nodiscard]] bool has_conversations() const noexcept;

  /// How many conversations `levels()[level]` has; unset where it has none, or as many as its time allows.
  [[nodiscard]] std::optional<std::uint64_t> conversations(std::size_t level) const;

  /// Conversation `number` of `levels()[level]`; any number in a closed loop of duration mode. Neither may be beyond
  /// what was planned. Only where the dataset has conversations.
  [[nodiscard]] conversation talk(std::size_t level, std::uint64_t number) const;

  /// Conversation `number` of its warm-up, as warmup() numbers requests; `requests` is how many all conversations of
  /// the warm-up have together, 0 for no limit: the last one ends there. `number` is of one that has any.
  [[nodiscard]] conversation warmup_talk(std::size_t level, std::uint64_t number, std::uint64_t requests) const;

  /// How the conversations follow one another. Only where the dataset has any. Valid as long as this plan or a copy.
  [[nodiscard]] const conversation_order& order() const noexcept;

  /// The request at `index` of `levels()[level]`; any index in a closed loop of duration mode. Neither may be beyond
  /// what was planned. In a conversation that goes on with the server's replies they are null.
  [[nodiscard]] planned_request at(std::size_t level, std::uint64_t index) const;

  /// Why a request could not be made: the dataset's file was changed or can be read no more. Nothing where all could.
  /// What sha256() and hashes of requests say after a failure is not to be used.
  [[nodiscard]] std::optional<error> failure() const;

  /// The `index`-th warm-up request of `levels()[level]`: lines in file order, with a salt of its own. In an open loop
  /// `index` is below the number of its warmup_offsets. Not where the dataset has conversations.
  [[nodiscard]] planned_request warmup(std::size_t level, std::uint64_t index) const;

  /// workload.sha256 of metrics.md: over all levels in order, each request's offset, endpoint path, and body without
  /// `model`. A level of duration mode counts with its time and its first `sent[level]` requests, or where the dataset
  /// has conversations with so many of these, each with all its turns; 0 for levels beyond the end of `sent`. Of a
  /// conversation that goes on with the server's replies, those are null.
  [[nodiscard]] std::string sha256(const std::vector<std::uint64_t>& sent = {}) const;

  /// How many requests of `levels()[level]` a hash covers: those planned, or in duration mode those sent. Of a dataset
  /// with conversations, how many conversations.
  [[nodiscard]] std::uint64_t hashed_requests(std::size_t level, const std::vector<std::uint64_t>& sent) const;

private:
  friend class conversation;
  struct state;
  plan(std::shared_ptr<const state> made, std::vector<level_settings> levels);
  [[nodiscard]] conversation hold(std::size_t level, std::uint64_t number, std::uint64_t requests, bool warmup) const;
  [[nodiscard]] planned_request request_in_talk(std::size_t level, std::uint64_t index) const;
  static bool put_talk_into(workload_hasher& hash, conversation held);
  std::shared_ptr<const state> state_; // shared by plans that differ in their levels alone
  std::shared_ptr<const std::vector<level_settings>> levels_;
};

/// One conversation of a plan while it is held: it makes each turn's request from the replies to those before.
///
/// Thread-safety: one thread at a time. Lifetime: keeps what it needs of the plan.
class conversation {
public:
  /// Its number among those of its level and trial, or of the warm-up, from 0.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  /// How many turns it is planned to have, at least 1: the last of a level may end before its line does.
  [[nodiscard]] std::uint32_t turns() const noexcept { return turns_; }

  /// How many requests it has made.
  [[nodiscard]] std::uint32_t asked() const noexcept { return asked_; }

  /// Whether all turns have been made.
  [[nodiscard]] bool over() const noexcept { return asked_ == turns_; }

  /// Open loop: when its first turn is due, after the start of the phase.
  [[nodiscard]] std::optional<duration> offset() const noexcept { return offset_; }

  /// Whether the turn that is next is made from the server's answer to the one before.
  [[nodiscard]] bool needs_reply() const noexcept;

  /// From the reply before to the turn that is next; zero before the first. Not to be asked for once it is over.
  [[nodiscard]] duration think_time() const;

  /// The request of the next turn; `reply` is what the server answered to the one before, in UTF-8, and is only looked
  /// at where needs_reply(): where it is unset, a null stands in its place. Not to be called once it is over.
  planned_request next(std::optional<std::string_view> reply = {});

private:
  friend class plan;

  explicit conversation(plan of) : plan_(std::move(of)) {}

  void say(std::optional<std::string_view> reply); // takes the next turn

  plan plan_;
  std::shared_ptr<const prepared_body> body_; // null: its line can no longer be read
  std::size_t entry_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t first_index_ = 0;
  std::uint32_t turns_ = 1;
  std::uint32_t asked_ = 0;
  std::optional<duration> offset_;
  std::string salt_;
  std::string members_;    // that its bodies have beyond those of all
  std::size_t model_ = 0;  // of the settings' list
  std::string messages_;   // behind those of the first turn, serialized
  std::string max_tokens_; // of the last turn made, in digits; empty: the same for all requests
  std::uint32_t asked_output_ = 0;
  std::uint64_t think_seed_ = 0;
};

} // namespace loadgen::workload
