#include "calibration_file.hpp"

#include "files.hpp"
#include "system_facts.hpp"
#include "version.hpp"

#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include <array>
#include <unistd.h>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string text_or_empty(const json::value& fact) {
  return fact.is_string() ? json::value_to<std::string>(fact) : "";
}

result<calibrate::saved_calibration> read_calibration(const fs::path& file) {
  const auto text = read_text_file(file);
  if (text.has_error()) return text.error();
  auto saved = calibrate::parse_calibration(*text);
  if (saved.has_error()) return error{saved.error().code, fmt::format("{}: {}", file.string(), saved.error().message)};
  return saved;
}

} // namespace

std::optional<fs::path> default_calibration_file(const environment& variables) {
  constexpr const char* file = "loadgen/calibration.json";
  // As the XDG specification wants it, a relative path counts as none.
  if (const auto state = variables("XDG_STATE_HOME"); state && fs::path{*state}.is_absolute())
    return fs::path{*state} / file;
  if (const auto home = variables("HOME"); home && !home->empty()) return fs::path{*home} / ".local/state" / file;
  return std::nullopt;
}

calibrate::machine_identity this_machine() {
  const json::object facts = system_facts();
  const json::object& cpu = facts.at("cpu").get_object();
  return {
      .hostname = host_name(),
      .processor = text_or_empty(cpu.at("model")),
      .processors = cpu.at("online").to_number<std::uint32_t>(),
      .kernel = text_or_empty(facts.at("kernel")),
      .loadgen = std::string{version},
  };
}

json::value chosen_calibration::to_json() const {
  if (!values) return nullptr;
  return json::object{
      {"file", file.string()},
      {"measured", values->measured},
      {"ranges", metrics::to_json(values->ranges)},
  };
}

result<chosen_calibration> choose_calibration(const setting& asked, const environment& variables) {
  const bool named = asked.is_set();
  if (named && asked.values.front() == "none") return chosen_calibration{};
  const std::optional<fs::path> file = named ? fs::path{asked.values.front()} : default_calibration_file(variables);
  std::error_code ignored;
  if (!file || (!named && !fs::exists(*file, ignored))) return chosen_calibration{};

  auto saved = read_calibration(*file);
  if (saved.has_error() && named) return saved.error();
  chosen_calibration chosen;
  if (saved.has_error()) {
    chosen.note =
        fmt::format("the saved calibration is of no use: {}; 'loadgen calibrate' makes it anew", saved.error().message);
  } else if (const std::string change = calibrate::difference(saved->machine, this_machine()); !change.empty()) {
    chosen.note = fmt::format("the calibration {} is not of this machine: {}; 'loadgen calibrate' makes one that is",
                              file->string(), change);
  } else {
    chosen.file = *file;
    chosen.values = std::move(*saved);
  }
  return chosen;
}

} // namespace loadgen::cli
