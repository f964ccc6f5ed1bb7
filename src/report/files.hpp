#pragma once

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string_view>

namespace loadgen::report {

/// Creates the folders above `file`. Errors: io.
[[nodiscard]] result<void> create_folder_of(const std::filesystem::path& file);

/// Where this process writes `file` until it is whole: beside its place, under a name that no listing shows.
[[nodiscard]] std::filesystem::path unfinished_beside(const std::filesystem::path& file);

/// A file that is written part by part beside its place, and that readers see whole or not at all (or as it was): only
/// commit() puts it there. One that was not committed leaves nothing.
class unfinished_file {
public:
  /// Creates the folders above `file`. Errors: io.
  [[nodiscard]] static result<unfinished_file> create(const std::filesystem::path& file);

  unfinished_file(unfinished_file&& other) noexcept;
  unfinished_file& operator=(unfinished_file&&) = delete;
  ~unfinished_file();

  /// Errors: io.
  [[nodiscard]] result<void> append(std::string_view text);

  /// Nothing may be appended afterwards. Errors: io.
  [[nodiscard]] result<void> commit();

private:
  unfinished_file(int fd, std::filesystem::path file, std::filesystem::path unfinished);

  int fd_; ///< -1: committed, or moved from
  std::filesystem::path file_, unfinished_;
};

/// Puts `text` into `file`, creating the folders above it. Readers see the file whole or not at all (or as it was):
/// it is written beside its place and renamed. Errors: io.
[[nodiscard]] result<void> write_whole(const std::filesystem::path& file, std::string_view text);

/// Appends `lines` to `file`, after `header` where the file is new or empty. All end in a line feed. Processes that
/// append at once take turns; a line that a killed writer left unfinished is ended first. A file that begins with
/// another header, as one of another version does, is put aside as NAME.1.csv (or .2, ...) and begun anew, so that no
/// line stands below names that are not its own. Errors: io, and the file is as it was.
[[nodiscard]] result<void> append_lines(const std::filesystem::path& file, std::string_view header,
                                        std::string_view lines);

} // namespace loadgen::report
