#include <loadgen/base/random.hpp>
#include <loadgen/workload/prompt_writing.hpp>

#include <boost/random/uniform_int_distribution.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>

namespace loadgen::workload {

namespace {

constexpr std::uint32_t most_per_category = 1000;
constexpr std::string_view white_space = " \t\r\n";

struct known_category {
  std::string_view name;
  std::string_view request; ///< of the user that the prompt is written for
};

constexpr std::array known_categories{
    known_category{"coding", "asks for code, or for help with some"},
    known_category{"reasoning", "poses a problem that takes several steps of thought"},
    known_category{"creative-writing", "asks for a piece of creative writing"},
    known_category{"summarization", "gives a text and asks for its summary"},
    known_category{"explanation", "asks to have something explained"},
    known_category{"extraction", "gives a text and asks for the facts in it as structured data"},
};

constexpr std::array category_names{known_categories[0].name, known_categories[1].name, known_categories[2].name,
                                    known_categories[3].name, known_categories[4].name, known_categories[5].name};

constexpr std::array<std::string_view, 3> lengths{"one or two sentences", "a paragraph of about eighty words",
                                                  "several paragraphs, about two hundred and fifty words"};

constexpr std::array<std::string_view, 24> subjects{
    "gardening",      "a small shop",     "public transport", "the weather",      "cooking",     "a school",
    "music",          "old computers",    "a hospital",       "travelling",       "sports",      "the sea",
    "house repairs",  "a town's history", "animals",          "personal finance", "a library",   "astronomy",
    "a family party", "photography",      "agriculture",      "a job interview",  "board games", "electricity",
};

/// Numbers below `count` in an order that is drawn.
std::vector<std::size_t> drawn_order(std::size_t count, random_stream draws) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = count; left > 1; --left)
    std::swap(order[left - 1], order[boost::random::uniform_int_distribution<std::size_t>{0, left - 1}(draws)]);
  return order;
}

std::string_view request_of(std::string_view category) {
  for (const known_category& known : known_categories)
    if (known.name == category) return known.request;
  return {};
}

std::string instruction_for(std::string_view category, std::string_view length, std::string_view subject) {
  const std::string_view request = request_of(category);
  const std::string kind =
      request.empty() ? fmt::format("of the kind \"{}\"", category) : fmt::format("that {}", request);
  return fmt::format("Write a message {} such as a person might send to an AI assistant. It has to do with {}, and has "
                     "{}. If it speaks of a text or of data, include them. Reply with the message alone: no title, no "
                     "comment, and no answer to it.",
                     kind, subject, length);
}

std::optional<error> fault_of(const std::vector<std::string>& categories, std::uint32_t per_category) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (categories.empty()) return invalid_input("no categories; expected at least one");
  if (per_category == 0 || per_category > most_per_category)
    return invalid_input(fmt::format("{} prompts of each category; expected 1 to {}", per_category, most_per_category));
  std::set<std::string_view> seen;
  for (const std::string& category : categories) {
    if (category.empty() || category.find_first_not_of(allowed) != std::string::npos)
      return invalid_input(
          fmt::format("'{}' is no category; expected lower-case letters, digits, '-' and '_'", category));
    if (!seen.insert(category).second) return invalid_input(fmt::format("'{}' is named twice", category));
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

bool is_enclosed(std::string_view text, std::string_view open, std::string_view close) {
  return text.size() > open.size() + close.size() && text.starts_with(open) && text.ends_with(close) &&
         text.substr(open.size(), text.size() - open.size() - close.size()).find(open) == std::string_view::npos;
}

} // namespace

std::span<const std::string_view> default_writing_categories() noexcept {
  return category_names;
}

result<std::vector<writing_task>> writing_tasks(const std::vector<std::string>& categories, std::uint32_t per_category,
                                                std::uint64_t seed) {
  if (auto fault = fault_of(categories, per_category)) return *std::move(fault);
  std::vector<writing_task> tasks;
  for (const std::string& category : categories) {
    const std::vector<std::size_t> order = drawn_order(subjects.size(), {seed, "subjects-" + category});
    for (std::uint32_t i = 0; i < per_category; ++i)
      tasks.push_back({fmt::format("{}-{}", category, i + 1), category,
                       instruction_for(category, lengths[i % lengths.size()], subjects[order[i % order.size()]])});
  }
  return tasks;
}

std::string written_prompt(std::string_view answer) {
  constexpr std::string_view end_of_thought = "</think>";
  std::string_view text = trimmed(answer);
  if (text.starts_with("<think>")) {
    const std::size_t end = text.find(end_of_thought);
    text = end == std::string_view::npos ? std::string_view{} : trimmed(text.substr(end + end_of_thought.size()));
  }
  if (is_enclosed(text, "```", "```")) {
    const std::size_t line_end = text.find('\n'); // behind it may stand a language
    if (line_end != std::string_view::npos && line_end < text.size() - 3)
      text = trimmed(text.substr(line_end, text.size() - line_end - 3));
  }
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"\"", "\""}, {"\u201c", "\u201d"}})
    if (is_enclosed(text, open, close))
      text = trimmed(text.substr(open.size(), text.size() - open.size() - close.size()));
  return std::string{text};
}

} // namespace loadgen::workload
