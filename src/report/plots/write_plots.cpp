#include "report/files.hpp"
#include "report/html/page_data.hpp"
#include "report/plots/plot.hpp"

#include <loadgen/report/plots.hpp>

namespace loadgen::report {

result<std::vector<std::filesystem::path>> write_plots(const std::filesystem::path& folder,
                                                       std::span<const run_in_folder> runs) {
  const auto page = page_data(runs);
  if (page.has_error()) return page.error();
  std::vector<std::filesystem::path> scripts;
  for (const plot& each : plots_of(*page)) {
    if (const auto written = write_whole(folder / (each.name + ".dat"), gnuplot_data(each)); written.has_error())
      return written.error();
    scripts.push_back(folder / (each.name + ".gp"));
    if (const auto written = write_whole(scripts.back(), gnuplot_script(each)); written.has_error())
      return written.error();
  }
  return scripts;
}

} // namespace loadgen::report
