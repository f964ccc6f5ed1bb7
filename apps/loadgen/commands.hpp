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

/// The commands of `loadgen dataset`, in the same way.
[[nodiscard]] int dataset_make_command(const std::vector<std::string>& arguments);
[[nodiscard]] int dataset_generate_command(const std::vector<std::string>& arguments);

} // namespace loadgen::cli
