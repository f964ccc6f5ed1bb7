#include "dataset_manifest.hpp"

#include "files.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view own_ending = ".manifest.json";

error bad_manifest(const fs::path& path, std::string_view what) {
  return invalid_input(fmt::format("{}: {}", path.string(), what));
}

result<std::optional<std::uint64_t>> number_at(const fs::path& path, const json::object& manifest, const char* name) {
  const json::value* const value = manifest.if_contains(name);
  if (value == nullptr) return std::optional<std::uint64_t>{};
  json::error_code failure;
  const auto number = value->to_number<std::uint64_t>(failure);
  if (failure) return bad_manifest(path, fmt::format("`{}` is no whole number; expected one of at least 0", name));
  return std::optional{number};
}

} // namespace

result<dataset_manifest> read_manifest(const fs::path& path) {
  const auto text = read_text_file(path);
  if (text.has_error()) return text.error();
  json::error_code failure;
  const json::value root = json::parse(*text, failure);
  if (failure || !root.is_object())
    return bad_manifest(path, "not a JSON object; expected the manifest of a dataset, with `file` and `sha256`");
  const json::object& manifest = root.get_object();
  dataset_manifest made;
  made.path = path;
  const json::value* const file = manifest.if_contains("file");
  if (file == nullptr || !file->is_string() || file->get_string().empty())
    return bad_manifest(path, "no `file`; expected the name of the dataset's file beside it");
  made.file = path.parent_path() / json::value_to<std::string>(*file);
  if (const json::value* const digest = manifest.if_contains("sha256")) {
    if (!digest->is_string()) return bad_manifest(path, "`sha256` is no string; expected 64 hexadecimal digits");
    made.sha256 = json::value_to<std::string>(*digest);
  }
  const auto bytes = number_at(path, manifest, "bytes");
  if (bytes.has_error()) return bytes.error();
  const auto lines = number_at(path, manifest, "lines");
  if (lines.has_error()) return lines.error();
  made.bytes = *bytes;
  made.entries = *lines;
  return made;
}

fs::path manifest_path_of(const fs::path& file) {
  return file.parent_path() / (file.stem().string() + std::string{own_ending});
}

result<std::optional<dataset_manifest>> manifest_beside(const fs::path& file) {
  std::error_code ignored;
  for (const fs::path& path : {manifest_path_of(file), file.parent_path() / "manifest.json"}) {
    if (!fs::exists(path, ignored)) continue;
    auto manifest = read_manifest(path);
    if (manifest.has_error()) return manifest.error();
    if (manifest->file.filename() == file.filename()) return std::optional{*std::move(manifest)};
  }
  return std::optional<dataset_manifest>{};
}

result<std::vector<fs::path>> manifests_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::recursive_directory_iterator at{folder, failure}, end; !failure && at != end; at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (at->is_regular_file(failure) && (name == "manifest.json" || name.ends_with(own_ending)))
      found.push_back(at->path());
  }
  if (failure) return error{errc::io, fmt::format("cannot read {}: {}", folder.string(), failure.message())};
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace loadgen::cli
