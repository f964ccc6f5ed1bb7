#include "publish/service.hpp"

#include "publish/base64.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include <utility>

namespace loadgen::publish {

namespace {

constexpr std::size_t quoted_length = 300;

/// The first words of what a server said, on one line.
std::string first_words(std::string_view body) {
  std::string words;
  for (const char c : body) {
    if (words.size() >= quoted_length) return words + "...";
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space)
      words += c;
    else if (!words.empty() && words.back() != ' ')
      words += ' ';
  }
  boost::algorithm::trim(words);
  return words;
}

} // namespace

std::string basic_authorization(const std::string& user_and_password) {
  return "Basic " + base64(user_and_password);
}

result<client::http_service> make_service(const service_settings& from, const client::url_advice& advice,
                                          duration answer_limit) {
  auto where = client::parse_base_url(from.url, advice);
  if (where.has_error()) return where.error();
  client::http_service::settings settings;
  if (!from.authorization.empty()) settings.headers.emplace_back("Authorization", from.authorization);
  settings.ca_file = from.ca_file;
  settings.answer_limit = answer_limit;
  return client::http_service::create(std::move(*where), std::move(settings));
}

error refusal(const client::http_reply& reply) {
  const std::string words = first_words(reply.body);
  return error{errc::unreachable,
               fmt::format("the server answered {}{}{}", reply.status, words.empty() ? "" : ": ", words)};
}

} // namespace loadgen::publish
