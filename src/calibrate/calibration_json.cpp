#include <loadgen/calibrate/calibration.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

namespace loadgen::calibrate {

namespace {

namespace json = boost::json;

constexpr std::string_view schema = "loadgen.calibration/1";

json::object machine_json(const machine_identity& machine) {
  return {
      {"hostname", machine.hostname}, {"processor", machine.processor}, {"processors", machine.processors},
      {"kernel", machine.kernel},     {"loadgen", machine.loadgen},
  };
}

/// Throws, as Boost.JSON's checked accessors do, where the value has another form.
machine_identity machine_from(const json::value& value) {
  return {
      .hostname = json::value_to<std::string>(value.at("hostname")),
      .processor = json::value_to<std::string>(value.at("processor")),
      .processors = value.at("processors").to_number<std::uint32_t>(),
      .kernel = json::value_to<std::string>(value.at("kernel")),
      .loadgen = json::value_to<std::string>(value.at("loadgen")),
  };
}

json::object figure_json(const figure_reading& figure) {
  return {{"reported", figure.reported_ms}, {"true", figure.true_ms}, {"error", figure.error_ms}};
}

json::object level_json(const level_reading& level) {
  const offered_load& offered = level.offered;
  return {
      {"offered",
       {{"streams", offered.streams},
        {"requests", offered.requests},
        {"tokens", offered.tokens},
        {"ttft_ms", to_ms(offered.ttft)},
        {"itl_ms", to_ms(offered.itl)},
        {"tokens_per_s", offered.tokens_per_s()}}},
      {"complete", level.complete},
      {"tokens_per_s", level.tokens_per_s},
      {"ttft_ms", {{"p50", figure_json(level.of(figure::ttft_p50))}, {"p99", figure_json(level.of(figure::ttft_p99))}}},
      {"itl_ms", {{"p50", figure_json(level.of(figure::itl_p50))}, {"p99", figure_json(level.of(figure::itl_p99))}}},
      {"worst_error_ms", level.worst_error_ms()},
      {"coalesced_fraction", level.coalesced_fraction},
      {"client_cpu_fraction", level.cpu_fraction},
      {"kernel_timestamps", level.kernel_stamps},
      {"verdict", to_string(level.verdict)},
      {"server_late", level.server_late},
      {"repeated", level.repeated},
  };
}

json::object sweep_json(const sweep_reading& sweep) {
  json::array levels;
  for (const level_reading& level : sweep.levels) levels.emplace_back(level_json(level));
  return {{"ended_by", to_string(sweep.ended_by)}, {"levels", std::move(levels)}};
}

json::value limit_json(const std::optional<std::uint64_t>& limit) {
  return limit ? json::value(*limit) : json::value();
}

result<saved_calibration> saved_from(const json::value& root) {
  auto ranges = metrics::ranges_from_json(root.at("ranges"));
  if (ranges.has_error()) return ranges.error();
  return saved_calibration{
      .machine = machine_from(root.at("machine")),
      .measured = json::value_to<std::string>(root.at("measured")),
      .ranges = std::move(*ranges),
  };
}

} // namespace

json::object to_json(const calibration& found) {
  return {
      {"schema", schema},
      {"measured", found.measured},
      {"machine", machine_json(found.machine)},
      {"ranges", metrics::to_json(found.ranges())},
      {"threads", found.threads},
      {"own_cores", found.own_cores},
      {"others_cores", found.others_cores ? json::value(*found.others_cores) : json::value()},
      {"kernel_timestamps", found.kernel_stamps()},
      {"timer",
       {{"late_p50_us", found.timer.p50_ms * 1000},
        {"late_p99_us", found.timer.p99_ms * 1000},
        {"clock_step_ns", found.clock_step.count()}}},
      {"descriptors", {{"soft", limit_json(found.descriptors.soft)}, {"hard", limit_json(found.descriptors.hard)}}},
      {"sweeps", {{"tokens_per_s", sweep_json(found.by_token_rate)}, {"streams", sweep_json(found.by_streams)}}},
      {"system", found.system},
  };
}

result<saved_calibration> parse_calibration(std::string_view text) {
  json::error_code failure;
  const json::value root = json::parse(json::string_view{text.data(), text.size()}, failure);
  if (failure || !root.is_object()) return invalid_input("not a JSON object");
  const json::value* const said = root.get_object().if_contains("schema");
  if (!said || *said != json::value(schema)) return invalid_input(fmt::format("not of the schema {}", schema));
  try {
    return saved_from(root);
  } catch (const std::exception& wrong) {
    return invalid_input(fmt::format("a calibration that is not whole: {}", wrong.what()));
  }
}

} // namespace loadgen::calibrate
