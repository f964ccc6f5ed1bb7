#include "other_programs.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace loadgen::cli {

namespace {

/// All processors together, without what they spent on interrupts: those are of nobody, and here mostly our own.
std::optional<duration> busy_time_of_machine() {
  std::ifstream stat{"/proc/stat"};
  std::string name;
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (!(stat >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal) || name != "cpu")
    return std::nullopt;
  return std::chrono::seconds{1} * (user + nice + system + steal) / sysconf(_SC_CLK_TCK);
}

duration cpu_time(int whose) {
  rusage used{};
  getrusage(whose, &used);
  const auto span = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return span(used.ru_utime) + span(used.ru_stime);
}

std::optional<duration> busy_time_of_others() {
  const auto busy = busy_time_of_machine();
  if (!busy) return std::nullopt;
  return *busy - cpu_time(RUSAGE_SELF) - cpu_time(RUSAGE_CHILDREN);
}

} // namespace

other_programs::other_programs() : others_(busy_time_of_others()), from_(clock::now()) {}

std::optional<double> other_programs::cores() const {
  const auto now = busy_time_of_others();
  if (!others_ || !now) return std::nullopt;
  return std::max(0.0, to_s(*now - *others_) / to_s(clock::now() - from_));
}

} // namespace loadgen::cli
