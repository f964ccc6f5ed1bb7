#pragma once

#include "support/child.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace loadgen::bench {

/// Where the programs are, and which cores they get: the server one, the client the other.
struct bench_setup {
  std::filesystem::path programs; ///< folder of loadgen and floor_client
  std::filesystem::path scratch;  ///< a folder of our own, removed at the end
  int server_core = 0;
  int client_core = 1;

  bench_setup();
  bench_setup(const bench_setup&) = delete;
  bench_setup& operator=(const bench_setup&) = delete;
  ~bench_setup();

  [[nodiscard]] std::string program(const std::string& name) const { return (programs / name).string(); }
};

/// A certificate that signs itself, for 127.0.0.1, and its key: PEM files.
struct certificate {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// Made with the openssl program once a setup.
certificate make_certificate(const bench_setup& setup);

/// A reference server with a truth file, on a free port.
class reference_server_process {
public:
  reference_server_process(const bench_setup& setup, const std::vector<std::string>& flags);

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Stops the server, so that its truth file is whole.
  std::filesystem::path stop();

private:
  std::filesystem::path truth_;
  std::unique_ptr<background_child> process_;
  std::string url_;
  std::uint16_t port_ = 0;
};

/// What one client run came to.
struct client_run {
  child_exit process;
  boost::json::object summary; ///< summary.json
};

/// The words of run_loadgen()'s command.
std::vector<std::string> loadgen_command(const bench_setup& setup, const std::string& url,
                                         const std::vector<std::string>& flags);

/// `loadgen run` with these flags beside --url, --output, --quiet and --summary.
client_run run_loadgen(const bench_setup& setup, const std::string& url, const std::vector<std::string>& flags);

/// The client that only receives, with so many streams at once.
child_exit run_floor_client(const bench_setup& setup, std::uint16_t port, unsigned streams, unsigned requests,
                            unsigned tokens);

/// The middle one of the values (the lower of the two middle ones of an even number).
double median(std::vector<double> values);

} // namespace loadgen::bench
