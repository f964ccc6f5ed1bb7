// Preloaded into a program, makes each of its writes to a file of records take SLOW_DISK_MS, as a disk
// does that cannot keep up; or to the file whose path ends in SLOW_DISK_FILE.

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <string_view>
#include <time.h>
#include <unistd.h>

namespace {

bool is_records_file(int descriptor) {
  std::array<char, 4096> path{};
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path.data(), path.size());
  const char* named = std::getenv("SLOW_DISK_FILE");
  return length > 0 && std::string_view{path.data(), static_cast<std::size_t>(length)}.ends_with(
                           named != nullptr ? named : "/records.bin");
}

} // namespace

extern "C" ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  using write_function = ssize_t (*)(int, const void*, std::size_t);
  static const auto real_write = reinterpret_cast<write_function>(dlsym(RTLD_NEXT, "write"));
  const char* delay = std::getenv("SLOW_DISK_MS");
  if (delay && is_records_file(descriptor)) {
    const long milliseconds = std::atol(delay);
    const timespec pause{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    nanosleep(&pause, nullptr);
  }
  return real_write(descriptor, bytes, size);
}
