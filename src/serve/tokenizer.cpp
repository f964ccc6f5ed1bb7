#include "serve/tokenizer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace loadgen::serve {

namespace {

namespace json = boost::json;

constexpr std::size_t most_blocks = 1'000'000;
constexpr std::uint32_t longest_prompt = 1U << 30U; // what /tokenize tells as the model's limit

// FNV-1a, so that the numbers are the same everywhere.
constexpr std::uint64_t first_hash = 0xCBF29CE484222325U;

constexpr std::uint64_t hash_on(std::uint64_t hash, std::uint64_t value) noexcept {
  return (hash ^ value) * 0x100000001B3U;
}

bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

void add_words(std::string_view text, std::vector<std::uint32_t>& tokens) {
  std::uint64_t hash = first_hash;
  bool inside = false;
  const auto end_word = [&] {
    if (inside) tokens.push_back(static_cast<std::uint32_t>(hash >> 33U));
    hash = first_hash;
    inside = false;
  };
  for (const char c : text) {
    if (is_space(c)) {
      end_word();
      continue;
    }
    hash = hash_on(hash, static_cast<unsigned char>(c));
    inside = true;
  }
  end_word();
}

void add_tokens(const json::value& prompt, std::vector<std::uint32_t>& tokens) {
  if (const json::string* const text = prompt.if_string()) return add_words(*text, tokens);
  if (prompt.is_number()) return void(tokens.push_back(1));
  if (const json::array* const parts = prompt.if_array())
    for (const json::value& part : *parts) add_tokens(part, tokens);
  else if (const json::object* const object = prompt.if_object())
    for (const std::string_view name : {"content", "text"})
      if (const json::value* const part = object->if_contains(name)) add_tokens(*part, tokens);
}

/// Of the members that hold a prompt, the first that is there.
const json::value* prompt_in(const json::object& body, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const json::value* const found = body.if_contains(name); found && !found->is_null()) return found;
  return nullptr;
}

json::array numbers(const std::vector<std::uint32_t>& tokens) {
  return json::array(tokens.begin(), tokens.end());
}

} // namespace

std::vector<std::uint32_t> tokens_of(const json::value& prompt) {
  std::vector<std::uint32_t> tokens;
  add_tokens(prompt, tokens);
  return tokens;
}

result<std::string> tokenize(std::string_view body, const server_settings& settings) {
  json::error_code failure;
  const json::value parsed = json::parse({body.data(), body.size()}, failure);
  const json::object* const object = failure ? nullptr : parsed.if_object();
  if (object == nullptr) return invalid_input("the body must be a JSON object");
  if (settings.tokenize == tokenize_style::llamacpp) {
    const json::value* const content = prompt_in(*object, {"content"});
    return json::serialize(json::object{{"tokens", content ? numbers(tokens_of(*content)) : json::array{}}});
  }
  const bool knows_messages = settings.tokenize == tokenize_style::vllm;
  const json::value* const messages = knows_messages ? prompt_in(*object, {"messages"}) : nullptr;
  const json::value* const prompt = messages ? messages : prompt_in(*object, {"prompt"});
  if (prompt == nullptr) return invalid_input("'prompt' is missing");
  std::vector<std::uint32_t> tokens = tokens_of(*prompt);
  if (messages != nullptr) tokens.insert(tokens.begin(), settings.chat_overhead, 0);
  return json::serialize(
      json::object{{"count", tokens.size()}, {"max_model_len", longest_prompt}, {"tokens", numbers(tokens)}});
}

std::uint32_t prefix_cache::take(std::string_view body, std::uint32_t overhead) {
  const json::value parsed = json::parse({body.data(), body.size()});
  const json::value* const prompt = prompt_in(parsed.get_object(), {"messages", "prompt", "input", "inputs", "text"});
  std::vector<std::uint32_t> tokens(overhead, 0);
  if (prompt != nullptr) add_tokens(*prompt, tokens);
  if (blocks_.size() >= most_blocks) blocks_.clear();
  std::uint32_t found = 0;
  bool all_found = true;
  std::uint64_t hash = first_hash;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    hash = hash_on(hash, tokens[i]);
    if ((i + 1) % block_tokens_ != 0) continue;
    all_found = !blocks_.insert(hash).second && all_found;
    if (all_found) found += block_tokens_;
  }
  // The last token is always computed, as servers do that need its logits.
  if (found == tokens.size() && found > 0) found -= block_tokens_;
  return found;
}

} // namespace loadgen::serve
