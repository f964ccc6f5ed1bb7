#include "base/parquet_plugin.hpp"
#include "report/files.hpp"

#include <loadgen/report/report.hpp>

#include <fmt/format.h>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;

/// Puts `from` in place as `to` where there is no such file. False where there is one.
result<bool> publish_as(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_hard_link(from, to, failure);
  if (!failure) return true;
  if (failure == std::errc::file_exists) return false;
  // A file system without hard links: a copy, put in place whole.
  if (fs::exists(to)) return false;
  const fs::path unfinished = unfinished_beside(to);
  fs::copy_file(from, unfinished, fs::copy_options::overwrite_existing, failure);
  if (!failure) fs::rename(unfinished, to, failure);
  if (!failure) return true;
  std::error_code ignored;
  fs::remove(unfinished, ignored);
  return error{errc::io, fmt::format("cannot write {}: {}", to.string(), failure.message())};
}

} // namespace

result<void> check_parquet() {
  const auto plugin = parquet::load_plugin();
  return plugin.has_error() ? result<void>{plugin.error()} : result<void>{};
}

result<fs::path> publish_variant(const fs::path& results, std::string_view variant, const fs::path& run_folder,
                                 std::string_view run_id) {
  constexpr std::size_t timestamp_size = std::string_view{"20260722-131502"}.size();
  const fs::path rows = run_folder / "raw" / "requests.parquet";
  // Two runs may have begun in one second: the second is named by its whole id.
  for (const std::string_view name : {run_id.substr(0, timestamp_size), run_id}) {
    fs::path file = results / variant / fmt::format("{}.parquet", name);
    if (const auto created = create_folder_of(file); created.has_error()) return created.error();
    const auto published = publish_as(rows, file);
    if (published.has_error()) return published.error();
    if (*published) return file;
  }
  return error{errc::io, fmt::format("cannot write {}: it is there already",
                                     (results / variant / fmt::format("{}.parquet", run_id)).string())};
}

} // namespace loadgen::report
