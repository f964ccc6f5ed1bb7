#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What a user says once in a conversation.
struct conversation_turn {
  std::string user;                          ///< the text; not empty
  std::optional<std::string> assistant{};    ///< the reply to it as it was written down; may be empty
  std::optional<std::uint32_t> max_tokens{}; ///< the turn's own output budget, at least 1; beats that of the line
  /// From the reply before to this turn, at least zero; unset on the first turn, which has none before it.
  std::optional<duration> think_time{};
};

/// One line of a dataset: what is asked of the server once, or a conversation. Exactly one of `prompt`, `messages`,
/// `turns` and `body` is set, or in a dataset of lengths alone `input_tokens`.
struct dataset_entry {
  std::string prompt;                      ///< plain text; empty where another of the five is set
  std::string messages;                    ///< a JSON array of chat messages, serialized; empty: another is set
  std::optional<std::uint32_t> max_tokens; ///< the line's own output budget, at least 1
  std::uint32_t line = 1; ///< where it begins in its file, from 1; in parquet the row. Only named in errors
  /// A whole request body, a JSON object, serialized: sent as it is but for what the run's settings change; empty:
  /// another is set.
  std::string body{};
  bool exact = false;                          ///< `body` is sent byte for byte, whatever the settings
  std::string path{};                          ///< the endpoint that `body` is for: "/v1/completions"; empty: any
  std::optional<std::uint32_t> input_tokens{}; ///< how long its prompt was, where the dataset does not have its text
  std::string id{};                            ///< what the file calls it; empty: nothing
  std::string category{};                      ///< what kind of prompt the file says it is; empty: none
  std::string system{};                        ///< with turns: the system message before them; empty: none
  std::vector<conversation_turn> turns{};      ///< what the user says, in order; empty: another is set
};

/// Makes entries when they are asked for, so that a dataset can be larger than memory.
class entry_source {
public:
  /// Ends what was opened for it.
  virtual ~entry_source() = default;

  /// How many entries there are.
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;

  /// The entry at `index`, which is below size(); the same each time. From any thread. Errors: io, where what it is
  /// made from can no longer be read or has changed.
  [[nodiscard]] virtual result<dataset_entry> at(std::size_t index) const = 0;
};

/// The entries of a dataset: held in memory, or made on demand. Cheap to copy where they are made on demand.
///
/// Thread-safety: const members from several threads at once.
class entry_list {
public:
  /// Holds none.
  entry_list() = default;

  /// Holds those given.
  entry_list(std::vector<dataset_entry> held) : held_(std::move(held)) {}

  /// Holds those given.
  entry_list(std::initializer_list<dataset_entry> held) : held_(held) {}

  /// Makes them on demand; `source` is not null.
  explicit entry_list(std::shared_ptr<const entry_source> source) : source_(std::move(source)) {}

  /// How many entries there are.
  [[nodiscard]] std::size_t size() const noexcept { return source_ ? source_->size() : held_.size(); }

  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// The entry at `index`, which is below size(). Errors: those of the source; none where they are held.
  [[nodiscard]] result<dataset_entry> at(std::size_t index) const {
    return source_ ? source_->at(index) : result<dataset_entry>{held_[index]};
  }

  /// The same, for those that cannot fail to be read: throws std::logic_error where one does. Constant, since a change
  /// of it would be lost.
  [[nodiscard]] const dataset_entry operator[](std::size_t index) const { // NOLINT(readability-const-return-type)
    return at(index).value();
  }

  /// Adds one to those that are held. Not for entries made on demand.
  void push_back(dataset_entry entry) { held_.push_back(std::move(entry)); }

private:
  std::vector<dataset_entry> held_;
  std::shared_ptr<const entry_source> source_;
};

/// A sequence of prompts that never changes during a run.
struct dataset {
  std::string name;         ///< "builtin:default", a file's name, "prompt"
  std::string sha256;       ///< of the bytes it was read from, whatever was selected of them
  entry_list entries;       ///< never empty; of generated prompts one that stands for all
  std::string format{};     ///< the form it was read in, as dataset_format has it: "jsonl"; empty: not from a file
  std::uint64_t found = 0;  ///< how many entries the file has, before any was left out; 0: not from a file
  std::uint64_t unused = 0; ///< how many more it has that ask nothing: ShareGPT conversations without a human's text
  /// Whether each entry is a body that names its model: a run then needs none.
  bool names_models = false;
  /// Whether any entry has turns, or could have had before some were left out. Then all are conversations: the others
  /// of one turn.
  bool has_conversations = false;
  /// Makes the prompts when they are asked for; null: `entries` are the prompts.
  std::shared_ptr<const prompt_generator> generator{};
};

/// The form of a dataset file.
enum class dataset_format : std::uint8_t {
  text,         ///< one prompt a line
  json_array,   ///< one array of objects or strings
  jsonl,        ///< one object a line
  csv,          ///< RFC 4180, with a header
  sharegpt,     ///< an array of conversations, or one a line
  openai_batch, ///< requests of the OpenAI batch API, one a line
  mooncake,     ///< lengths of requests, one a line
  parquet,      ///< a table of Apache Parquet, one row an entry; read by a plugin
};

/// "text", "json" (json_array), "jsonl", "csv", "sharegpt", "openai-batch", "mooncake" or "parquet".
[[nodiscard]] std::string_view to_string(dataset_format format) noexcept;

/// The form of that name, or nothing.
[[nodiscard]] std::optional<dataset_format> dataset_format_from_name(std::string_view name) noexcept;

/// Which entries to take by one field of theirs.
struct entry_filter {
  std::string field;               ///< "category", "id", or a field of the file: a column, or `a.b` in an object
  std::vector<std::string> values; ///< any of them, compared as text; a field that is missing is the empty text
  bool excludes = false;           ///< takes those that have none of them
};

/// How a dataset file is read, and which of its entries are taken.
struct dataset_reading {
  std::optional<dataset_format> format; ///< unset: told by the file's extension and first lines
  /// Which field of the file stands for "prompt", "messages", "max_tokens", "category" or "id"; those of the same name
  /// where there is none here. In objects `a.b` is field b of object a. For csv, json_array, jsonl and parquet.
  std::map<std::string, std::string, std::less<>> fields;
  /// For sharegpt: each conversation with all that its human says, and the replies as `assistant`. False: only what it
  /// says first, as a request of its own.
  bool all_turns = false;
  std::vector<entry_filter> filters;      ///< all must hold
  std::optional<std::uint64_t> min_chars; ///< fewest characters (code points) of its text; unset: any
  std::optional<std::uint64_t> max_chars; ///< most characters of its text; unset: any
  std::optional<std::uint64_t> limit;     ///< at most the first so many of those that are left, at least 1; unset: all
  std::optional<std::uint64_t> sample;    ///< so many of them, drawn without repetition, in file order; unset: all
  bool shuffle = false;                   ///< in an order that is drawn, instead of file order
  std::uint64_t seed = 1;                 ///< of `sample` and `shuffle`, which are dimensions of their own
};

/// Reads a dataset from a file, whose bytes are UTF-8. All of it is looked at once, and only where its entries stand is
/// kept: an entry is read again when it is asked for, so that memory does not grow with the size of the texts. What is
/// no regular file, a pipe for one, is held in memory, and so are the entries that are taken of a Parquet file. Errors:
/// invalid_input as `file:line: what; expected what` (`file:row N:` in Parquet), or where nothing is left to take, or
/// where the file is Parquet and there is no plugin to read it; io where the file cannot be read.
[[nodiscard]] result<dataset> read_dataset(const std::filesystem::path& file, const dataset_reading& how = {});

/// A corpus embedded in the library: "default", or what it has of one category, "code" (or "default/code"). Errors:
/// invalid_input naming those that exist, or where nothing is left to take.
[[nodiscard]] result<dataset> builtin_dataset(std::string_view name, const dataset_reading& how = {});

/// The categories of the embedded corpus, sorted: each is a builtin_dataset() of its own.
[[nodiscard]] std::vector<std::string> builtin_categories();

/// Prompts that are made when they are asked for. Its name is "synthetic:SPEC"; its hash is that of the spec, the seed
/// and the token model. Errors: those of prompt_generator::make(), and of read_trace() where the spec names a trace.
[[nodiscard]] result<dataset> synthetic_dataset(const synthetic_spec& spec, const token_model& tokens,
                                                std::uint64_t seed);

/// A dataset of one prompt.
[[nodiscard]] dataset single_prompt(std::string text);

/// The text that a server is asked to read: the prompt, or what the messages of an entry or its body say, one below the
/// other; empty where the dataset has lengths alone.
[[nodiscard]] std::string text_of(const dataset_entry& entry);

/// The characters (code points) of a UTF-8 text.
[[nodiscard]] std::uint64_t characters_in(std::string_view text) noexcept;

} // namespace loadgen::workload
