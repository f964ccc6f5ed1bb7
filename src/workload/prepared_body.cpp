#include "workload/prepared_body.hpp"

#include "workload/json_text.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace loadgen::workload {

std::array<std::string_view, 7> prepared_body::without_model(const body_terms& terms) const {
  const std::string_view whole = text;
  const std::size_t salted_at = salt_at.value_or(1);
  const std::string_view salt = salt_at ? terms.salt : std::string_view{};
  const std::size_t further_at = turns.empty() ? salted_at : messages_end;
  const std::size_t digits = fmt::formatted_size("{}", max_tokens);
  const bool own_budget = max_tokens_at && !terms.max_tokens.empty();
  if (own_budget && *max_tokens_at < salted_at) // a body as it was written may have its budget first
    return {whole.substr(0, *max_tokens_at), terms.max_tokens,
            whole.substr(*max_tokens_at + digits, salted_at - *max_tokens_at - digits), salt, whole.substr(salted_at)};
  const std::string_view to_salt = whole.substr(0, salted_at);
  const std::string_view to_further = whole.substr(salted_at, further_at - salted_at);
  if (!own_budget) return {to_salt, salt, to_further, terms.further_messages, whole.substr(further_at)};
  return {to_salt,
          salt,
          to_further,
          terms.further_messages,
          whole.substr(further_at, *max_tokens_at - further_at),
          terms.max_tokens,
          whole.substr(*max_tokens_at + digits)};
}

void prepared_body::append_turn(std::string& messages, std::size_t turn, std::optional<std::string_view> reply) const {
  messages += R"(,{"role":"assistant","content":)";
  if (reply)
    append_json(messages, boost::json::value(*reply));
  else
    messages += "null";
  messages += "},";
  messages += turns[turn].user;
}

std::size_t prepared_body::size() const noexcept {
  std::size_t bytes = sizeof *this + text.size() + model.size();
  for (const prepared_turn& turn : turns) bytes += sizeof turn + turn.user.size() + turn.reply.size();
  return bytes;
}

} // namespace loadgen::workload
