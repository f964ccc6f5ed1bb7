#include "commands.hpp"
#include "exit_code.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "serve_input.hpp"

#include <loadgen/serve/reference_server.hpp>

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdio>

namespace loadgen::cli {

namespace {

std::atomic<serve::reference_server*> running{nullptr};

extern "C" void stop_running_server(int) {
  if (serve::reference_server* server = running.load()) server->stop();
}

/// SIGINT and SIGTERM stop `server`, for as long as this object lives.
class stop_on_signals {
public:
  explicit stop_on_signals(serve::reference_server& server) {
    running = &server;

    struct sigaction action {};

    action.sa_handler = stop_running_server;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }

  stop_on_signals(const stop_on_signals&) = delete;
  stop_on_signals& operator=(const stop_on_signals&) = delete;

  ~stop_on_signals() { running = nullptr; }
};

std::string address_text(const std::string& address) {
  return address.find(':') == std::string::npos ? address : fmt::format("[{}]", address);
}

} // namespace

int serve_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(serve_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(serve_options()));
    return exit_done;
  }
  const auto input = read_serve_input(command->values);
  if (input.has_error()) return complain(input.error());
  auto server = serve::reference_server::create(*input);
  if (server.has_error()) return complain(server.error());

  const stop_on_signals guard{*server};
  const std::string_view scheme = input->tls_certificate.empty() ? "http" : "https";
  fmt::print("listening on {}://{}:{}\n", scheme, address_text(input->bind), server->port());
  std::fflush(stdout); // who started this program waits for the line, often behind a pipe
  server->run();
  return exit_done;
}

} // namespace loadgen::cli
