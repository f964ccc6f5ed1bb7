#pragma once

#include <string>
#include <vector>

namespace loadgen::cli {

/// The subcommands: each takes what stands after its name and gives the program's exit code.
[[nodiscard]] int run_command(const std::vector<std::string>& arguments);
[[nodiscard]] int report_command(const std::vector<std::string>& arguments);
[[nodiscard]] int compare_command(const std::vector<std::string>& arguments);
[[nodiscard]] int serve_command(const std::vector<std::string>& arguments);
[[nodiscard]] int calibrate_command(const std::vector<std::string>& arguments);
[[nodiscard]] int dataset_command(const std::vector<std::string>& arguments);

/// Those of `loadgen dataset`, which take what stands after theirs.
[[nodiscard]] int dataset_check_command(const std::vector<std::string>& arguments);
[[nodiscard]] int dataset_stats_command(const std::vector<std::string>& arguments);
[[nodiscard]] int dataset_import_command(const std::vector<std::string>& arguments);

} // namespace loadgen::cli
