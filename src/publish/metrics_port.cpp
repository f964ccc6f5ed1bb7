#include "publish/metrics_plugin.hpp"

#include <loadgen/publish/metrics_port.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace loadgen::publish {

namespace fs = std::filesystem;

namespace {

/// Where the plug-in may be: beside the program, as in a build folder, where it was installed together with the
/// program, and where the library was meant to be installed.
std::array<fs::path, 3> plugin_folders() {
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  return {program, program / ".." / LOADGEN_LIBRARY_FOLDER / "loadgen",
          fs::path{LOADGEN_INSTALL_PREFIX} / LOADGEN_LIBRARY_FOLDER / "loadgen"};
}

result<const metrics_plugin*> load_plugin() {
  for (const fs::path& folder : plugin_folders()) {
    const fs::path file = folder / metrics_plugin_file;
    std::error_code unreadable;
    if (!fs::exists(file, unreadable)) continue;
    void* const loaded = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL); // stays: objects of it are still to be destroyed
    if (!loaded) return invalid_input(fmt::format("its plug-in cannot be loaded: {}", dlerror()));
    const auto* const plugin = static_cast<const metrics_plugin*>(dlsym(loaded, metrics_plugin_symbol));
    if (plugin && std::string_view{plugin->version} == LOADGEN_VERSION) return plugin;
    return invalid_input(
        fmt::format("{} is not of version {}; expected it to be installed anew", file.string(), LOADGEN_VERSION));
  }
  return invalid_input(fmt::format("its plug-in, {}, is not there; expected a loadgen that was built where "
                                   "prometheus-cpp is (Debian: prometheus-cpp-dev), or --pushgateway instead",
                                   metrics_plugin_file));
}

/// What scrapes are answered with, and who waits for one.
class shown_metrics {
public:
  [[nodiscard]] std::vector<metric_family> collect() {
    std::unique_lock lock{mutex_};
    const std::uint64_t number = ++begun_;
    const metrics_source from = from_;
    lock.unlock();
    auto families = from ? from() : std::vector<metric_family>{};
    lock.lock();
    last_drawn_up_ = std::max(last_drawn_up_, number);
    lock.unlock();
    drawn_up_.notify_all();
    return families;
  }

  void show(metrics_source from) {
    const std::lock_guard lock{mutex_};
    from_ = std::move(from);
  }

  [[nodiscard]] bool wait_for_scrape(duration limit) {
    std::unique_lock lock{mutex_};
    const std::uint64_t before = begun_;
    return drawn_up_.wait_for(lock, limit, [&] { return last_drawn_up_ > before; });
  }

private:
  std::mutex mutex_; // of all below
  std::condition_variable drawn_up_;
  std::uint64_t begun_ = 0, last_drawn_up_ = 0; // scrapes
  metrics_source from_;
};

} // namespace

struct metrics_port::state {
  shown_metrics shown;
  std::unique_ptr<metrics_server> server; // last: its threads ask for the above
};

bool metrics_port::is_available() {
  return load_plugin().has_value();
}

result<metrics_port> metrics_port::open(std::uint16_t port) {
  const auto plugin = load_plugin();
  if (plugin.has_error()) return plugin.error();
  auto made = std::make_unique<state>();
  made->server = (*plugin)->open(port, [of = made.get()] { return of->shown.collect(); });
  if (!made->server)
    return invalid_input(fmt::format("cannot listen on 127.0.0.1:{}; expected a port that is free, or 0", port));
  return metrics_port{std::move(made)};
}

metrics_port::metrics_port(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

metrics_port::metrics_port(metrics_port&&) noexcept = default;
metrics_port& metrics_port::operator=(metrics_port&&) noexcept = default;
metrics_port::~metrics_port() = default;

std::uint16_t metrics_port::port() const noexcept {
  return state_->server->port();
}

void metrics_port::show(source from) {
  state_->shown.show(std::move(from));
}

bool metrics_port::wait_for_scrape(duration limit) const {
  return state_->shown.wait_for_scrape(limit);
}

} // namespace loadgen::publish
