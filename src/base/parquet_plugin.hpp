#pragma once

#include "base/parquet_abi.h"

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// The Parquet plugin: a library of its own, so that a program without it has nothing of Arrow in it.
namespace loadgen::parquet {

/// File name of the plugin.
inline constexpr const char* plugin_name = "loadgen-parquet.so";

/// Where the plugin is looked for, in this order: in $LOADGEN_PLUGIN_DIR alone where that is set; else beside the
/// program, and in the folder for plugins of the prefix that the program is installed in.
[[nodiscard]] std::vector<std::filesystem::path> plugin_folders();

/// Whether a file of the plugin's name is there. Loads nothing, so that it costs next to nothing.
[[nodiscard]] bool is_plugin_there();

/// Loads the plugin, once in a process. The first call takes some 20 ms, which nothing but writing or reading Parquet
/// has to pay. The plugin stays loaded. Errors: io, with a line that says where it was looked for or why it cannot be
/// loaded. Thread-safety: safe at any time.
[[nodiscard]] result<const loadgen_parquet_api*> load_plugin();

} // namespace loadgen::parquet
