#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <csignal>

namespace loadgen::test {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> serve_command(const fs::path& truth, const std::vector<std::string>& options) {
  std::vector<std::string> command{LOADGEN_PROGRAM, "serve", "--port", "0", "--truth", truth.string()};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

} // namespace

reference_server::reference_server(const std::vector<std::string>& options)
    : process_(serve_command(folder_.path() / "truth.jsonl", options)) {
  const std::string line = process_.read_line();
  url_ = line.substr(line.find("http"));
}

fs::path reference_server::stop() {
  process_.send_signal(SIGTERM);
  process_.wait();
  return folder_.path() / "truth.jsonl";
}

std::vector<std::string> run_command(const std::string& url, const temporary_folder& folder,
                                     const std::vector<std::string>& options) {
  std::vector<std::string> command{LOADGEN_PROGRAM,        "run",        "--url", url, "--output",
                                   folder.path().string(), "--progress", "none"};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

fs::path run_folder_in(const temporary_folder& folder) {
  for (const auto& entry : fs::directory_iterator{folder.path()})
    if (entry.is_directory()) return entry.path();
  return {};
}

boost::json::object summary_of(const fs::path& run_folder) {
  return boost::json::parse(text_of(run_folder / "summary/summary.json")).as_object();
}

} // namespace loadgen::test
