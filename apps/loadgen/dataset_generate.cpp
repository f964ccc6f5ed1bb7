#include "commands.hpp"
#include "dataset_manifest.hpp"
#include "dataset_output.hpp"
#include "exit_code.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "server_input.hpp"
#include "written_prompts.hpp"

#include <loadgen/base/duration_text.hpp>
#include <loadgen/engine/streamer.hpp>
#include <loadgen/workload/prompt_writing.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace loadgen::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

struct generate_input {
  server_input server;
  std::vector<workload::writing_task> tasks;
  std::filesystem::path file;
  std::uint64_t seed = 1;
  std::uint32_t retries = 2;
};

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    names.emplace_back(list.substr(0, end));
    if (end == list.size()) return names;
    list.remove_prefix(end + 1);
  }
}

result<generate_input> read_input(const settings& from) {
  value_reader read{from};
  generate_input input;
  input.server = read_server(from, process_variable, read);
  if (!from.at("url").is_set()) read.fail("url", "is required; expected a server such as http://127.0.0.1:8000");
  input.server.client.timeout = read.span("timeout");
  input.server.requests.max_tokens = read.count32("max-tokens", 1);
  input.server.requests.temperature = read.real("temperature", 0, std::numeric_limits<double>::max());
  input.retries = read.count32("retries", 0);
  input.seed = read.count("seed", 0);
  auto tasks = workload::writing_tasks(names_in(from.text("categories")), read.count32("per-category", 1), input.seed);
  if (tasks.has_error()) read.fail("categories", tasks.error());
  input.file = from.text("to");
  if (read.failure()) return *read.failure();
  input.tasks = *std::move(tasks);
  if (const auto name = check_output_name(input.file, true); name.has_error()) return name.error();
  return input;
}

/// The body that asks for the prompt of `task`: each attempt draws anew.
result<std::string> body_for(const workload::writing_task& task, workload::request_settings requests,
                             std::uint64_t seed, std::uint32_t attempt) {
  if (!requests.extra_body.contains("seed"))
    requests.extra_body["seed"] = random_stream{seed, task.id, attempt}() >> 33U;
  workload::level_settings once;
  once.requests = 1;
  const auto plan = workload::plan::make(workload::single_prompt(task.instruction), std::move(requests), {once});
  if (plan.has_error()) return plan.error();
  return plan->at(0, 0).body;
}

std::string failure_of(const metrics::request_record& record) {
  if (record.end == metrics::outcome::completed) return "an answer without text";
  const std::string status = record.http_status >= 300 ? fmt::format(" {}", record.http_status) : "";
  return fmt::format("{}{}{}{}", to_string(record.why), status, record.message.empty() ? "" : ": ", record.message);
}

/// Asks for one prompt after the other, and keeps each as soon as it is there.
class generation {
public:
  generation(const generate_input& input, written_prompts& kept) : input_(input), kept_(kept) {}

  asio::awaitable<void> write_all(engine::streamer& server) {
    std::size_t place = 0;
    for (const workload::writing_task& task : input_.tasks) {
      ++place;
      if (kept_.has(task.id)) continue;
      co_await write_one(server, task, place);
      if (failure_) co_return;
    }
  }

  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

  /// Of the server, over all prompts.
  [[nodiscard]] std::uint64_t failed_attempts() const noexcept { return failed_attempts_; }

private:
  asio::awaitable<void> write_one(engine::streamer& server, const workload::writing_task& task, std::size_t place) {
    for (std::uint32_t attempt = 0; attempt <= input_.retries && !failure_; ++attempt) {
      auto body = body_for(task, input_.server.requests, input_.seed, attempt);
      if (body.has_error()) {
        failure_ = body.error();
        co_return;
      }
      std::string answer;
      engine::streamer::content_callback gather = [&answer](const engine::content_event& event) {
        answer += event.text;
      };
      std::string asked = *std::move(body);
      const metrics::request_record record = co_await server.stream(std::move(asked), std::move(gather));
      const std::string prompt =
          record.end == metrics::outcome::completed ? workload::written_prompt(answer) : std::string{};
      if (!prompt.empty()) {
        keep({task.id, task.category, prompt, input_.server.requests.model, record.finish_reason == "length"});
        if (!failure_)
          fmt::print(stderr, "{}/{} {}: {} characters\n", place, input_.tasks.size(), task.id, prompt.size());
        co_return;
      }
      ++failed_attempts_;
      fmt::print(stderr, "{}/{} {}: attempt {} of {} failed: {}\n", place, input_.tasks.size(), task.id, attempt + 1,
                 input_.retries + 1, failure_of(record));
    }
  }

  void keep(const written_prompt_line& line) {
    if (const auto added = kept_.add(line); added.has_error()) failure_ = added.error();
  }

  const generate_input& input_;
  written_prompts& kept_;
  std::optional<error> failure_; ///< of this machine, not of the server
  std::uint64_t failed_attempts_ = 0;
};

json::object facts_of(const generate_input& input, const settings& from, const written_prompts& kept) {
  json::array categories;
  std::set<std::string_view> seen;
  for (const workload::writing_task& task : input.tasks)
    if (seen.insert(task.category).second) categories.emplace_back(task.category);
  const std::string_view licence = from.text("licence");
  const std::vector<std::string> models = kept.models();
  return {{"licence", licence.empty() ? json::value() : json::value(licence)},
          {"provenance", json::object{{"made_by", "loadgen dataset generate"},
                                      {"models", json::array(models.begin(), models.end())},
                                      {"categories", std::move(categories)},
                                      {"seed", input.seed},
                                      {"max_tokens", *input.server.requests.max_tokens},
                                      {"temperature", *input.server.requests.temperature},
                                      {"extra_body", input.server.requests.extra_body},
                                      {"cut_at_max_tokens", kept.cut()}}}};
}

/// Puts the prompts in the order of the tasks, with their manifest, where all are there.
int finish(const generate_input& input, const settings& from, const written_prompts& kept) {
  std::vector<std::string> missing;
  for (const workload::writing_task& task : input.tasks)
    if (!kept.has(task.id)) missing.push_back(task.id);
  if (!missing.empty())
    return complain(fmt::format("{} of {} prompts are missing: {}; {} has the others, and the same command tries these "
                                "again",
                                missing.size(), input.tasks.size(), fmt::join(missing, ", "), input.file.string()),
                    exit_failures);
  auto output = dataset_output::create(input.file);
  if (output.has_error()) return complain(output.error().message, exit_unwritten);
  for (const workload::writing_task& task : input.tasks)
    if (const auto added = output->add(kept.line(task.id)); added.has_error())
      return complain(added.error().message, exit_unwritten);
  const auto made = output->finish(facts_of(input, from, kept));
  if (made.has_error()) return complain(made.error().message, exit_unwritten);
  fmt::print("{}: {} prompts, sha256 {}\n", input.file.string(), input.tasks.size(), *made);
  return exit_done;
}

} // namespace

int dataset_generate_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(dataset_generate_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(dataset_generate_options()));
    return exit_done;
  }
  auto input = read_input(command->values);
  if (input.has_error()) return complain(input.error());
  auto kept = written_prompts::open(input->file, input->tasks);
  if (kept.has_error()) return complain(kept.error());
  std::error_code ignored;
  if (kept->size() == input->tasks.size() && std::filesystem::exists(manifest_path_of(input->file), ignored)) {
    fmt::print("{}: all {} prompts are there; the manifest stays as it is\n", input->file.string(), kept->size());
    return exit_done;
  }
  if (kept->size() < input->tasks.size()) {
    if (const auto met = meet(input->server); met.has_error()) return complain(met.error());
    asio::io_context context{1};
    auto server = engine::streamer::create(context.get_executor(), input->server.client, endpoint_kind::chat);
    if (server.has_error()) return complain(server.error());
    generation writing{*input, *kept};
    asio::co_spawn(context, writing.write_all(*server), asio::detached);
    context.run();
    if (writing.failure()) return complain(writing.failure()->message, exit_unwritten);
    if (writing.failed_attempts() > 0)
      complain(fmt::format("{} attempts failed", writing.failed_attempts()), exit_done);
  }
  return finish(*input, command->values, *kept);
}

} // namespace loadgen::cli
