#include "support/reference_load.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace loadgen::bench {

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "benchmark: %s\n", why.c_str());
  std::exit(1);
}

std::filesystem::path summary_of(const bench_setup& setup) {
  return setup.scratch / "summary.json";
}

} // namespace

bench_setup::bench_setup() : programs(std::filesystem::canonical("/proc/self/exe").parent_path()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "loadgen-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) give_up("no temporary folder can be made");
  scratch = pattern;
}

bench_setup::~bench_setup() {
  std::error_code ignored;
  std::filesystem::remove_all(scratch, ignored);
}

certificate make_certificate(const bench_setup& setup) {
  certificate made{setup.scratch / "certificate.pem", setup.scratch / "key.pem"};
  if (std::filesystem::exists(made.key)) return made;
  const child_exit ended =
      run_child({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out",
                 made.certificate.string(), "-keyout", made.key.string()},
                -1);
  if (ended.code != 0) give_up("openssl made no certificate");
  return made;
}

reference_server_process::reference_server_process(const bench_setup& setup, const std::vector<std::string>& flags)
    : truth_(setup.scratch / "truth.jsonl") {
  std::filesystem::remove(truth_);
  std::vector<std::string> command{setup.program("loadgen"), "serve", "--port", "0", "--truth", truth_.string()};
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<background_child>(command, setup.server_core);
  const std::string line = process_->first_line();
  const auto at = line.find("http");
  if (at == std::string::npos) give_up("the reference server did not start: " + line);
  url_ = line.substr(at);
  port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
}

std::filesystem::path reference_server_process::stop() {
  process_->stop();
  return truth_;
}

std::vector<std::string> loadgen_command(const bench_setup& setup, const std::string& url,
                                         const std::vector<std::string>& flags) {
  std::vector<std::string> command{setup.program("loadgen"),
                                   "run",
                                   "--url",
                                   url,
                                   "--output",
                                   (setup.scratch / "results").string(),
                                   "--quiet",
                                   "--progress",
                                   "none",
                                   "--summary",
                                   summary_of(setup).string()};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

client_run run_loadgen(const bench_setup& setup, const std::string& url, const std::vector<std::string>& flags) {
  client_run run;
  run.process = run_child(loadgen_command(setup, url, flags), setup.client_core);
  std::ifstream file{summary_of(setup)};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  boost::system::error_code failure;
  const boost::json::value parsed = boost::json::parse(text, failure);
  if (failure || !parsed.is_object()) give_up("loadgen run left no summary");
  run.summary = parsed.get_object();
  return run;
}

child_exit run_floor_client(const bench_setup& setup, std::uint16_t port, unsigned streams, unsigned requests,
                            unsigned tokens) {
  return run_child({setup.program("floor_client"), std::to_string(port), std::to_string(streams),
                    std::to_string(requests), std::to_string(tokens)},
                   setup.client_core);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace loadgen::bench
