#include "token_cache.hpp"

#include "files.hpp"

#include <loadgen/base/random.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr int cache_version = 1;

std::optional<fs::path> cache_folder(const environment& variables) {
  // As the XDG specification wants it, a relative path counts as none.
  if (const auto cache = variables("XDG_CACHE_HOME"); cache && fs::path{*cache}.is_absolute())
    return fs::path{*cache} / "loadgen/tokens";
  if (const auto home = variables("HOME"); home && !home->empty()) return fs::path{*home} / ".cache/loadgen/tokens";
  return std::nullopt;
}

bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

/// A model whose every member is as it must be, whoever wrote the file.
std::optional<workload::token_model> model_from(const json::object& kept) {
  workload::token_model tokens;
  if (kept.at("version").to_number<int>() != cache_version) return std::nullopt;
  tokens.words = json::value_to<std::vector<std::string>>(kept.at("words"));
  tokens.filler = json::value_to<std::string>(kept.at("filler"));
  tokens.word_tokens = kept.at("word_tokens").to_number<double>();
  tokens.overhead = kept.at("overhead").to_number<std::uint32_t>();
  tokens.template_known = kept.at("template_known").as_bool();
  tokens.exact = true;
  const auto source = workload::token_source_from_name(std::string_view{kept.at("source").as_string()});
  const bool plain = std::all_of(tokens.words.begin(), tokens.words.end(),
                                 [](const std::string& word) { return !word.empty() && is_plain_text(word); });
  if (!source || !plain || !is_plain_text(tokens.filler) || tokens.words.size() < 2) return std::nullopt;
  if (!(tokens.word_tokens >= 1 && tokens.word_tokens <= 100) || tokens.overhead > workload::longest_length)
    return std::nullopt;
  tokens.source = *source;
  return tokens;
}

} // namespace

std::optional<fs::path> token_cache_file(const engine::target& server, const workload::request_settings& requests,
                                         const environment& variables) {
  const auto folder = cache_folder(variables);
  if (!folder) return std::nullopt;
  const std::string whose =
      fmt::format("{}://{}:{}{}\n{}\n{}\n{}", server.tls ? "https" : "http", server.host, server.port, server.prefix,
                  to_string(requests.endpoint), requests.model, json::serialize(requests.extra_body));
  // A name that tells nothing of what the extra body may hold. Two servers with one name would be told apart by the
  // check that a cached model has to pass.
  random_stream digits{0, whose};
  const std::uint64_t first = digits(), second = digits();
  return *folder / fmt::format("{:016x}{:016x}.json", first, second);
}

std::optional<workload::token_model> read_token_cache(const fs::path& file) {
  const auto text = read_text_file(file);
  if (text.has_error()) return std::nullopt;
  try {
    return model_from(json::parse(*text).as_object());
  } catch (const std::exception&) { // another program's file, or half of ours: as good as none
    return std::nullopt;
  }
}

void write_token_cache(const fs::path& file, const workload::token_model& tokens) {
  const json::object kept{
      {"version", cache_version},
      {"words", json::array(tokens.words.begin(), tokens.words.end())},
      {"filler", tokens.filler},
      {"word_tokens", tokens.word_tokens},
      {"overhead", tokens.overhead},
      {"template_known", tokens.template_known},
      {"source", to_string(tokens.source)},
  };
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (!failure) static_cast<void>(write_whole(file, json::serialize(kept) + "\n"));
}

} // namespace loadgen::cli
