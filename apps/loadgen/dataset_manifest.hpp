#pragma once

#include <loadgen/base/error.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::cli {

/// What a manifest says of the dataset's file beside it. Unset: nothing.
struct dataset_manifest {
  std::filesystem::path path;
  std::filesystem::path file;           ///< in the manifest's folder
  std::optional<std::string> sha256;    ///< in lower-case hexadecimal
  std::optional<std::uint64_t> bytes;   ///< size of the file
  std::optional<std::uint64_t> entries; ///< its `lines`: entries of the dataset
};

/// Reads a manifest: a JSON object with `file`, and what it says of it. Errors: io; invalid_input naming the manifest.
[[nodiscard]] result<dataset_manifest> read_manifest(const std::filesystem::path& path);

/// OUT.manifest.json of OUT.jsonl.
[[nodiscard]] std::filesystem::path manifest_path_of(const std::filesystem::path& file);

/// The manifest beside a file: its own, or a manifest.json that names it. Errors: those of read_manifest().
[[nodiscard]] result<std::optional<dataset_manifest>> manifest_beside(const std::filesystem::path& file);

/// All manifests in a folder and those below, by path. Errors: io.
[[nodiscard]] result<std::vector<std::filesystem::path>> manifests_in(const std::filesystem::path& folder);

} // namespace loadgen::cli
