#include "base/parquet_plugin.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <dlfcn.h>

namespace loadgen::parquet {

namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<fs::path>& folders) {
  std::string text;
  for (const fs::path& folder : folders) text += (text.empty() ? "" : " and ") + folder.string();
  return text;
}

/// The plugin's file, or an empty path.
fs::path find_plugin() {
  std::error_code unreadable;
  for (const fs::path& folder : plugin_folders())
    if (fs::exists(folder / plugin_name, unreadable)) return folder / plugin_name;
  return {};
}

error cannot_load(const fs::path& file, std::string_view why) {
  return {errc::io, fmt::format("the Parquet plugin {} cannot be used: {}", file.string(), why)};
}

result<const loadgen_parquet_api*> find_and_load() {
  const fs::path file = find_plugin();
  if (file.empty())
    return error{errc::io, fmt::format("the Parquet plugin {} is not in {}", plugin_name, joined(plugin_folders()))};
  // Lazily, which halves the time it takes; its names to itself, since a program may have an Arrow of its own.
  void* const library = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return cannot_load(file, ::dlerror());
  const auto entry = reinterpret_cast<loadgen_parquet_entry>(::dlsym(library, LOADGEN_PARQUET_ENTRY));
  if (entry == nullptr) return cannot_load(file, ::dlerror());
  const loadgen_parquet_api* const api = entry();
  if (api == nullptr || api->abi != LOADGEN_PARQUET_ABI)
    return cannot_load(file, "it was built for another version of loadgen");
  return api;
}

} // namespace

std::vector<fs::path> plugin_folders() {
  if (const char* const named = std::getenv("LOADGEN_PLUGIN_DIR"); named != nullptr && *named != '\0') return {named};
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable);
  if (unreadable) return {};
  const fs::path beside = program.parent_path();
  return {beside, (beside / LOADGEN_PLUGINS_FROM_PROGRAM).lexically_normal()};
}

bool is_plugin_there() {
  return !find_plugin().empty();
}

result<const loadgen_parquet_api*> load_plugin() {
  static const result<const loadgen_parquet_api*> loaded = find_and_load();
  return loaded;
}

} // namespace loadgen::parquet
