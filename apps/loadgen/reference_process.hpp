#pragma once

#include <loadgen/base/error.hpp>

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace loadgen::cli {

/// Takes one core away from this thread, and from those it starts, to give it to a server. Nothing where there is only
/// one core to use.
[[nodiscard]] std::optional<int> set_core_aside();

/// `loadgen serve` beside this process, on a free port. It ends with this object, and with the thread that started it,
/// however that ends. Environment settings do not reach it.
class reference_process {
public:
  /// `options`: of serve, beside --port. `core`: the only one it may use; unset: any. Errors: unreachable where it does
  /// not come up; it has said why on standard error.
  [[nodiscard]] static result<reference_process> start(const std::vector<std::string>& options,
                                                       std::optional<int> core);

  reference_process(reference_process&& other) noexcept;
  reference_process& operator=(reference_process&&) = delete;
  ~reference_process();

  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  [[nodiscard]] pid_t id() const noexcept { return id_; }

  /// Ends it and waits until it has: its truth file is whole.
  void stop() noexcept;

private:
  explicit reference_process(pid_t id) : id_(id) {}

  pid_t id_; ///< 0: stopped, or moved from
  std::string url_;
};

} // namespace loadgen::cli
