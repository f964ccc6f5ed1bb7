#include "engine/token_questions.hpp"

#include <loadgen/engine/token_calibration.hpp>
#include <loadgen/workload/token_search.hpp>

#include <fmt/format.h>

namespace loadgen::engine {

namespace {

using workload::token_model;
using workload::token_source;

constexpr std::string_view tokenize_path = "/tokenize";
constexpr std::uint32_t longest_probe = 200; // words: a prompt that costs a server something

class calibrator {
public:
  calibrator(const token_desk& desk, const workload::request_settings& requests) : desk_(desk), requests_(requests) {}

  result<token_calibration> calibrate(calibration_mode mode, const std::optional<token_model>& before) {
    if (auto failure = find_form()) return *failure;
    if (!form_ && mode != calibration_mode::probe) {
      made_.tokens = workload::estimated_tokens();
      return made_;
    }
    if (form_) made_.form = to_string(*form_);
    const bool probes_all = !form_;
    const bool probes_template = form_ && needs_template() && mode == calibration_mode::probe;
    auto kept = still_holds(before, probes_all, probes_template);
    if (kept.has_error()) return kept.error();
    if (!*kept)
      if (auto failure = search(probes_all, probes_template)) return *failure;
    return made_;
  }

private:
  /// Whether what was known holds still; `made_` has it then.
  result<bool> still_holds(const std::optional<token_model>& before, bool probes_all, bool probes_template) {
    const bool of_use = before && before->exact && before->template_known == (probes_template || !needs_template());
    if (!of_use) return false;
    auto holds = probes_all || probes_template ? workload::holds_for(*before, probe_counter(), longest_probe)
                                               : workload::holds_for(*before, tokenize_counter());
    if (holds.has_error()) return holds.error();
    if (!*holds) return false;
    made_.tokens = *before;
    made_.from_before = true;
    return true;
  }

  std::optional<error> search(bool probes_all, bool probes_template) {
    auto found = probes_all
                     ? workload::find_tokens(probe_counter(), {.most_questions = 40, .longest_question = longest_probe})
                     : workload::find_tokens(tokenize_counter());
    if (found.has_error()) return found.error();
    found->source = probes_all ? token_source::probe : token_source::tokenize;
    found->template_known = probes_all || !needs_template();
    made_.tokens = *std::move(found);
    return probes_template ? find_template() : std::nullopt;
  }

  /// What the template adds to a prompt, told by two probes of different lengths.
  std::optional<error> find_template() {
    const auto around = probe_tokens(workload::prompt_text({}));
    if (around.has_error()) return around.error();
    made_.tokens.overhead = *around;
    made_.tokens.template_known = true;
    made_.tokens.source = token_source::probe;
    if (!made_.tokens.exact) return std::nullopt;
    const auto holds = workload::holds_for(made_.tokens, probe_counter(), longest_probe);
    if (holds.has_error()) return holds.error();
    made_.tokens.exact = *holds;
    return std::nullopt;
  }

  /// Whether the form that was found leaves out what the server puts around a chat's message.
  [[nodiscard]] bool needs_template() const {
    return takes_messages(requests_.endpoint) && form_ && form_ != tokenize_form::vllm_messages;
  }

  /// The first form that the server answers; none is no error.
  std::optional<error> find_form() {
    const bool chat = takes_messages(requests_.endpoint);
    for (const tokenize_form form : {tokenize_form::vllm_messages, tokenize_form::prompt, tokenize_form::llamacpp}) {
      if (form == tokenize_form::vllm_messages && !chat) continue;
      const auto reply = ask(form, workload::prompt_text({}));
      if (reply.has_error()) return reply.error();
      if (reply->status == 404 || reply->status == 405) return std::nullopt; // no such page, whatever the form
      if (reply->status != 200 || !tokens_in(form, reply->body)) continue;
      form_ = form;
      return std::nullopt;
    }
    return std::nullopt;
  }

  result<client::http_reply> ask(tokenize_form form, const std::string& text) {
    return desk_.post(desk_.path(tokenize_path), tokenize_body(form, requests_, text));
  }

  workload::token_counter tokenize_counter() {
    return [this](const std::string& text) -> result<std::uint32_t> {
      const auto reply = ask(*form_, text);
      if (reply.has_error()) return reply.error();
      const auto tokens = reply->status == 200 ? tokens_in(*form_, reply->body) : std::nullopt;
      if (!tokens)
        return invalid_input(fmt::format("POST {} was answered with status {} and no count: {}", tokenize_path,
                                         reply->status, client::message_in(*reply)));
      ++made_.questions;
      return *tokens;
    };
  }

  result<std::uint32_t> probe_tokens(const std::string& text) {
    const auto body = probe_body(requests_, text);
    if (body.has_error()) return body.error();
    ++made_.probes;
    const auto reply = desk_.post(desk_.where().path({requests_.endpoint, false}), *body);
    if (reply.has_error()) return reply.error();
    if (reply->status != 200)
      return invalid_input(
          fmt::format("a probe was answered with status {}: {}", reply->status, client::message_in(*reply)));
    const auto tokens = prompt_tokens_in(requests_.endpoint, reply->body);
    if (!tokens)
      return invalid_input("the answer to a probe tells no tokens of its prompt; expected the server to count them");
    return *tokens;
  }

  workload::token_counter probe_counter() {
    return [this](const std::string& text) { return probe_tokens(text); };
  }

  const token_desk& desk_;
  const workload::request_settings& requests_;
  std::optional<tokenize_form> form_;
  token_calibration made_;
};

} // namespace

result<token_calibration> calibrate_tokens(const client_settings& settings, const workload::request_settings& requests,
                                           calibration_mode mode, const std::optional<token_model>& before) {
  if (settings.targets.empty()) return invalid_input("a calibration needs a target");
  if (mode == calibration_mode::none) return token_calibration{workload::estimated_tokens(), 0, 0, {}, false};
  const auto desk = token_desk::open(settings);
  if (desk.has_error()) return desk.error();
  return calibrator{*desk, requests}.calibrate(mode, before);
}

} // namespace loadgen::engine
