#include "calibration_file.hpp"
#include "calibration_level.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "other_programs.hpp"
#include "process_environment.hpp"
#include "reference_process.hpp"
#include "system_facts.hpp"
#include "value_reader.hpp"

#include <loadgen/calibrate/calibration.hpp>
#include <loadgen/report/report.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <sys/resource.h>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;
using calibrate::calibration;

struct calibrate_input {
  double max_tokens_per_s = 0;
  std::uint32_t max_streams = 0;
  duration level_time{};
  std::uint32_t threads = 1;
  fs::path output;
};

// Sweeps end in time: each level has an answer's worth of overrun, its repetition, and the files to read.
constexpr int levels_of_token_rates = 24;
constexpr int levels_of_all = 42;

constexpr duration timer_period = std::chrono::microseconds{500};
constexpr std::size_t timer_wakes = 2000;

result<calibrate_input> read_calibrate_input(const settings& from, const environment& variables) {
  calibrate_input input;
  value_reader read{from};
  input.max_tokens_per_s = read.real("max-tokens-per-s", 1, 1e6);
  input.max_streams = static_cast<std::uint32_t>(read.count("max-streams", 1, 60'000));
  input.level_time = read.span("level-time");
  if (input.level_time < std::chrono::milliseconds{200} || input.level_time > std::chrono::minutes{1})
    read.fail("level-time", fmt::format("'{}' is out of range; expected 200ms to 1m", from.text("level-time")));
  input.threads = static_cast<std::uint32_t>(read.count("threads", 1, 1024));
  if (from.at("output").is_set())
    input.output = from.text("output");
  else if (const auto file = default_calibration_file(variables))
    input.output = *file;
  else
    read.fail("output", "is required where neither XDG_STATE_HOME nor HOME is set; expected a file");
  if (read.failure()) return *read.failure();
  return input;
}

/// A folder below the system's for temporary files, removed with all in it at the end.
class scratch_folder {
public:
  static result<scratch_folder> create() {
    std::error_code failure;
    const fs::path parent = fs::temp_directory_path(failure);
    std::string pattern = (parent / "loadgen-calibrate-XXXXXX").string();
    if (failure || mkdtemp(pattern.data()) == nullptr) return error{errc::io, "no temporary folder can be made"};
    return scratch_folder{std::move(pattern)};
  }

  scratch_folder(scratch_folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

  scratch_folder& operator=(scratch_folder&&) = delete;

  ~scratch_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

private:
  explicit scratch_folder(fs::path made) : path_(std::move(made)) {}

  fs::path path_;
};

calibrate::descriptor_limits descriptor_limits_now() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const auto finite = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::nullopt : std::optional<std::uint64_t>{value};
  };
  return {finite(limit.rlim_cur), finite(limit.rlim_max)};
}

result<void> make_folder_of(const fs::path& file) {
  std::error_code failure;
  if (fs::is_directory(file, failure))
    return error{errc::io, fmt::format("--output: {} is a folder; expected a file", file.string())};
  failure.clear();
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), failure);
  if (!failure) return {};
  return error{errc::io, fmt::format("--output: cannot make {}: {}", file.parent_path().string(), failure.message())};
}

/// Both sweeps, a line on standard error for each level.
result<void> measure_sweeps(const calibrate_input& input, const level_setup& setup, const interrupt_watch& interrupts,
                            calibration& found) {
  const calibrate::level_meter measure = [&](const calibrate::offered_load& load) {
    auto level = measure_level(setup, load);
    if (level.has_value() && interrupts.signal() == 0) fmt::print(stderr, "{}\n", calibrate::progress_line(*level));
    return level;
  };
  const instant began = clock::now();
  const auto until = [&](int levels) {
    return [&, end = began + levels * input.level_time] { return interrupts.signal() == 0 && clock::now() < end; };
  };
  auto by_rate = calibrate::sweep(calibrate::rising_token_rates(input.max_tokens_per_s, input.level_time), measure,
                                  until(levels_of_token_rates));
  if (by_rate.has_error()) return by_rate.error();
  auto by_streams =
      calibrate::sweep(calibrate::rising_streams(input.max_streams, input.level_time), measure, until(levels_of_all));
  if (by_streams.has_error()) return by_streams.error();
  found.by_token_rate = std::move(*by_rate);
  found.by_streams = std::move(*by_streams);
  return {};
}

/// All of it. Where it was interrupted what it gives is of no use.
result<calibration> measure_machine(const calibrate_input& input, const interrupt_watch& interrupts) {
  calibration found;
  found.machine = this_machine();
  found.measured = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  found.system = system_facts();
  found.descriptors = descriptor_limits_now(); // before the engine raises the soft one
  found.threads = input.threads;
  auto scratch = scratch_folder::create();
  if (scratch.has_error()) return scratch.error();
  level_setup setup{.scratch = scratch->path(),
                    .threads = input.threads,
                    .server_core = set_core_aside(),
                    .files = found.descriptors.hard};
  found.own_cores = setup.server_core.has_value();
  found.clock_step = calibrate::measure_clock_step();
  found.timer = calibrate::measure_timer(timer_period, timer_wakes);
  const other_programs others;
  if (const auto measured = measure_sweeps(input, setup, interrupts, found); measured.has_error())
    return measured.error();
  found.others_cores = others.cores();
  return found;
}

} // namespace

int calibrate_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(calibrate_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(calibrate_options()));
    return exit_done;
  }
  const auto input = read_calibrate_input(command->values, process_variable);
  if (input.has_error()) return complain(input.error());
  if (const auto made = make_folder_of(input->output); made.has_error()) return complain(made.error());

  const interrupt_watch interrupts;
  const auto found = measure_machine(*input, interrupts);
  if (const int signal = interrupts.signal(); signal != 0) return complain("interrupted, nothing saved", 128 + signal);
  if (found.has_error()) return complain(found.error());

  const auto saved = write_whole(input->output, report::to_pretty_json(calibrate::to_json(*found)));
  if (saved.has_error()) return complain(saved.error().message, exit_unwritten);
  const std::string shown = fmt::format("{}\nsaved: {}\n", calibrate::console_report(*found), input->output.string());
  const auto told = write_text("-", shown);
  return told.has_error() ? complain(told.error().message, exit_unwritten) : int{exit_done};
}

} // namespace loadgen::cli
