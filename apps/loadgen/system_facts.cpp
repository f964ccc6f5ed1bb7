#include "system_facts.hpp"

#include "version.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <fstream>
#include <optional>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

/// The first `most` bytes of a file of the system, "" where there is none.
std::string head_of(const char* file, std::size_t most) {
  std::ifstream stream{file, std::ios::binary};
  std::string text(most, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

/// The value of a line "name : value", as in /proc/cpuinfo.
std::optional<std::string> field(const std::string& text, const std::string& name) {
  const std::size_t begin = text.find("\n" + name);
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t colon = text.find(':', begin);
  const std::size_t end = text.find('\n', begin + 1);
  if (colon >= end) return std::nullopt;
  return boost::algorithm::trim_copy(text.substr(colon + 1, end - colon - 1));
}

json::value or_null(const std::optional<std::string>& text) {
  return text && !text->empty() ? json::value(*text) : json::value();
}

json::value number_or_null(const std::optional<std::string>& text) {
  json::error_code failure;
  json::value number = json::parse(text.value_or("null"), failure);
  return !failure && number.is_number() ? number : json::value();
}

json::value usable_processors() {
  cpu_set_t mask;
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? json::value(CPU_COUNT(&mask)) : json::value();
}

json::object processor_facts() {
  // The file repeats itself for each processor, and the kernel takes its time to write it: the first one is enough.
  const std::string cpuinfo = "\n" + head_of("/proc/cpuinfo", 8192);
  const auto flags = field(cpuinfo, "flags");
  return {
      {"model", or_null(field(cpuinfo, "model name"))},
      {"online", sysconf(_SC_NPROCESSORS_ONLN)},
      {"usable", usable_processors()},
      {"cores_per_socket", number_or_null(field(cpuinfo, "cpu cores"))},
      {"hypervisor", flags ? json::value((*flags + " ").find("hypervisor ") != std::string::npos) : json::value()},
  };
}

json::value memory_mebibytes() {
  struct sysinfo info {};

  if (sysinfo(&info) != 0) return nullptr;
  return (std::uint64_t{info.totalram} * info.mem_unit) >> 20U;
}

json::value kernel_name() {
  utsname names{};
  if (uname(&names) != 0) return nullptr;
  return json::value(fmt::format("{} {} {}", names.sysname, names.release, names.machine));
}

json::value clock_source() {
  const std::string text = head_of("/sys/devices/system/clocksource/clocksource0/current_clocksource", 64);
  return or_null(boost::algorithm::trim_copy(text));
}

} // namespace

json::object system_facts() {
  return {
      {"cpu", processor_facts()},
      {"memory_mebibytes", memory_mebibytes()},
      {"kernel", kernel_name()},
      {"clock_source", clock_source()},
  };
}

json::object version_facts() {
  return {
      {"loadgen", version},
      {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
#ifdef __clang__
      {"compiler", "clang++ " __clang_version__},
#else
      {"compiler", "g++ " __VERSION__},
#endif
  };
}

} // namespace loadgen::cli
