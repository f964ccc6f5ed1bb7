#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/serve/reference_server.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace loadgen::serve {

// The reference server's tokenizer: a token is a word between white space, whatever it is. docs/reference-server.md has
// it, and what else a prompt's tokens are.

/// The tokens of a prompt in any of the forms the API takes: text, token ids, content parts, messages, or lists of
/// these. Their numbers depend on the words alone, and are below 2^31.
[[nodiscard]] std::vector<std::uint32_t> tokens_of(const boost::json::value& prompt);

/// The JSON body that answers POST /tokenize. Errors: invalid_input, to be answered with status 400, where `body` is of
/// no form that the server was told to know.
[[nodiscard]] result<std::string> tokenize(std::string_view body, const server_settings& settings);

/// A prefix cache without a limit in time, as servers have that keep blocks of tokens: a block is found where it and
/// all before it were in an earlier prompt. Forgets everything when it has a million blocks.
class prefix_cache {
public:
  /// `block_tokens`: above 0.
  explicit prefix_cache(std::uint32_t block_tokens) : block_tokens_(block_tokens) {}

  /// How many of the first tokens of a request's prompt were there; keeps all its whole blocks. `body`: of a completion
  /// request that was found valid.
  [[nodiscard]] std::uint32_t take(std::string_view body, std::uint32_t overhead);

private:
  std::uint32_t block_tokens_;
  std::unordered_set<std::uint64_t> blocks_;
};

} // namespace loadgen::serve
