#pragma once

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace loadgen::test {

/// The reference server on a free port with a truth file, for one test.
class reference_server {
public:
  explicit reference_server(const std::vector<std::string>& options);

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  /// Stops it, so that its truth file is whole.
  std::filesystem::path stop();

private:
  temporary_folder folder_;
  background_process process_;
  std::string url_;
};

/// The command that runs the client against `url` with its results in `folder`, saying nothing.
[[nodiscard]] std::vector<std::string> run_command(const std::string& url, const temporary_folder& folder,
                                                   const std::vector<std::string>& options);

/// The one run folder in `folder`.
[[nodiscard]] std::filesystem::path run_folder_in(const temporary_folder& folder);

/// summary.json of that run.
[[nodiscard]] boost::json::object summary_of(const std::filesystem::path& run_folder);

} // namespace loadgen::test
