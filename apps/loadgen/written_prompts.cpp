#include "written_prompts.hpp"

#include "files.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <unistd.h>

namespace loadgen::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

std::string text_at(const json::object& line, std::string_view key) {
  const json::value* const value = line.if_contains(key);
  return value && value->is_string() ? json::value_to<std::string>(*value) : std::string{};
}

} // namespace

result<written_prompts> written_prompts::open(const fs::path& file, const std::vector<workload::writing_task>& tasks) {
  written_prompts made;
  made.file_ = file;
  std::error_code failure;
  if (!fs::exists(file, failure)) return made;
  const auto bytes = read_text_file(file);
  if (bytes.has_error()) return bytes.error();
  std::set<std::string_view> known;
  for (const workload::writing_task& task : tasks) known.insert(task.id);

  std::size_t begin = 0, number = 1;
  for (std::size_t end = 0; (end = bytes->find('\n', begin)) != std::string::npos; begin = end + 1, ++number) {
    const std::string text = bytes->substr(begin, end - begin);
    json::error_code bad;
    const json::value parsed = json::parse(text, bad);
    const json::object* const line = bad ? nullptr : parsed.if_object();
    const std::string id = line ? text_at(*line, "id") : std::string{};
    if (!line || !known.contains(id) || text_at(*line, "prompt").empty())
      return invalid_input(
          fmt::format("{}:{}: not a prompt of this generation; expected another --to, or the categories "
                      "that the file was begun with",
                      file.string(), number));
    const json::value* const cut = line->if_contains("cut");
    made.lines_.insert_or_assign(id, kept_line{text, text_at(*line, "model"), cut && *cut == json::value(true)});
  }
  if (begin < bytes->size()) fs::resize_file(file, begin, failure);
  if (failure) return error{errc::io, fmt::format("cannot write {}: {}", file.string(), failure.message())};
  return made;
}

std::vector<std::string> written_prompts::models() const {
  std::set<std::string> models;
  for (const auto& [id, line] : lines_) models.insert(line.model);
  return {models.begin(), models.end()};
}

std::uint64_t written_prompts::cut() const {
  return static_cast<std::uint64_t>(
      std::count_if(lines_.begin(), lines_.end(), [](const auto& line) { return line.second.cut; }));
}

result<void> written_prompts::add(const written_prompt_line& written) {
  json::object line{{"id", written.id}, {"category", written.category}, {"prompt", written.prompt}};
  line["model"] = written.model;
  if (written.cut) line["cut"] = true;
  std::string text = json::serialize(line);
  const file_stream stream{std::fopen(file_.c_str(), "ab")};
  const std::string whole = text + '\n';
  if (!stream || std::fwrite(whole.data(), 1, whole.size(), stream.get()) != whole.size() ||
      std::fflush(stream.get()) != 0 || fsync(fileno(stream.get())) != 0)
    return cannot_write(file_);
  lines_.insert_or_assign(written.id, kept_line{std::move(text), written.model, written.cut});
  return {};
}

} // namespace loadgen::cli
