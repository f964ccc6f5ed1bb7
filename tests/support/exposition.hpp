#pragma once

#include <map>
#include <sstream>
#include <string>

namespace loadgen::test {

/// The samples of a text in Prometheus's format: what stands before the value, as it stands there, and the value.
[[nodiscard]] inline std::map<std::string, double> samples_in(const std::string& text) {
  std::map<std::string, double> samples;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.rfind(' ');
    samples[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return samples;
}

} // namespace loadgen::test
