#include "serve/server.hpp"
#include "serve/settings.hpp"

#include <loadgen/serve/reference_server.hpp>

#include <utility>

namespace loadgen::serve {

struct reference_server::state {
  std::unique_ptr<server> serving;
};

result<reference_server> reference_server::create(server_settings settings) {
  if (const auto valid = validate(settings); !valid) return valid.error();
  auto made = server::create(std::move(settings));
  if (!made) return made.error();
  return reference_server{std::make_unique<state>(state{std::move(*made)})};
}

reference_server::reference_server(std::unique_ptr<state> made) : state_(std::move(made)) {}

reference_server::reference_server(reference_server&&) noexcept = default;
reference_server& reference_server::operator=(reference_server&&) noexcept = default;
reference_server::~reference_server() = default;

std::uint16_t reference_server::port() const noexcept {
  return state_->serving->port();
}

result<void> reference_server::run() {
  return state_->serving->run();
}

void reference_server::stop() noexcept {
  state_->serving->stop();
}

} // namespace loadgen::serve
