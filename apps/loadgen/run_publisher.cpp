#include "run_publisher.hpp"

#include "files.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <utility>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

constexpr duration push_patience = std::chrono::seconds{10}; // behind the run, for all that is left together

std::string name_of(const metrics::level_info& level) {
  std::string name = fmt::format("level {}", level.level);
  if (level.concurrency) name = fmt::format("concurrency {}", *level.concurrency);
  if (level.rate) name = fmt::format("rate {}/s", *level.rate);
  return level.trial == 1 ? name : fmt::format("{}, trial {}", name, level.trial);
}

} // namespace

run_publisher::run_publisher(duration linger) : linger_(linger) {}

run_publisher::~run_publisher() = default;

result<std::unique_ptr<run_publisher>> run_publisher::prepare(const publish_input& asked) {
  std::unique_ptr<run_publisher> made{new run_publisher{asked.metrics_linger}};
  if (asked.pushgateway) {
    auto gateway = publish::pushgateway::create(*asked.pushgateway);
    if (gateway.has_error()) return error{gateway.error().code, "--pushgateway: " + gateway.error().message};
    made->gateway_ = std::move(*gateway);
  }
  if (asked.metrics_port) {
    auto port = publish::metrics_port::open(*asked.metrics_port);
    if (port.has_error()) return error{port.error().code, "--metrics-port: " + port.error().message};
    made->port_ = std::move(*port);
  }
  return made;
}

std::optional<std::uint16_t> run_publisher::metrics_port() const {
  return port_ ? std::optional{port_->port()} : std::nullopt;
}

void run_publisher::attach(engine::run_settings& settings, publish::run_labels run,
                           const std::filesystem::path& run_folder) {
  settings.live = &live_;
  if (!port_ && !gateway_) return;
  run_ = std::move(run);
  run_folder_ = run_folder;
  if (port_) {
    metrics_ = std::make_unique<publish::run_metrics>(run_, settings.loads.size());
    port_->show([this] {
      const publish::live_state now = live_state();
      return metrics_->families(now);
    });
  }
  watch_ = std::make_unique<publish::level_watch>(
      run_folder, [this](const result<metrics::level_summary>& level) { take_figures(level); });
  settings.observer = this;
}

void run_publisher::on_level_begin(const metrics::level_info& level) {
  if (metrics_) metrics_->begin_level(level);
}

void run_publisher::on_record(const metrics::request_record& record) {
  if (metrics_) metrics_->add(record);
}

void run_publisher::on_level_end(const metrics::level_end& end) {
  if (metrics_) metrics_->end_level(end);
  watch_->level_ended();
}

void run_publisher::take_figures(const result<metrics::level_summary>& level) {
  if (level.has_error()) return not_pushed_.push_back({"", level.error().message});
  if (metrics_) metrics_->add_summary(*level);
  if (!gateway_) return;
  const auto pushed = gateway_->push(run_, *level);
  if (pushed.has_error())
    not_pushed_.push_back({name_of(level->info), pushed.error().message});
  else
    ++pushed_;
}

publish::live_state run_publisher::live_state() const {
  const engine::live_snapshot shown = live_.snapshot();
  publish::live_state now;
  now.in_flight = shown.in_run.in_flight();
  now.content_events = shown.in_run.content_events;
  const bool begun = shown.running || shown.in_run.issued > 0;
  if (!begun || shown.now.warming_up) return now;
  now.measured_level = shown.place;
  now.issued = shown.in_phase.issued;
  now.dropped = shown.in_phase.dropped;
  now.due = shown.due;
  if (shown.trust) now.trust = shown.trust->judgement;
  return now;
}

std::optional<std::string> run_publisher::note_pushes(std::size_t not_begun) const {
  if (!gateway_) return std::nullopt;
  json::array failures;
  for (const failed_push& one : not_pushed_)
    failures.push_back(json::object{{"level", one.level}, {"message", one.message}});
  const std::size_t failed = not_pushed_.size() + not_begun;
  const json::object note{{"schema", "loadgen.publish/1"},
                          {"pushgateway", json::object{{"url", gateway_->url()},
                                                       {"pushed", pushed_},
                                                       {"failed", failed},
                                                       {"not_in_time", not_begun},
                                                       {"failures", std::move(failures)}}}};
  const auto written = write_whole(run_folder_ / "publish.json", report::to_pretty_json(note));
  if (failed == 0) return written.has_error() ? std::optional{written.error().message} : std::nullopt;
  const std::string why = not_pushed_.empty() ? "there was no time left" : not_pushed_.front().message;
  return fmt::format("{} of {} levels not pushed to {}: {}", failed, failed + pushed_, gateway_->url(), why);
}

std::vector<std::string> run_publisher::finish(bool complete, bool quiet) {
  std::vector<std::string> warnings;
  if (!watch_) return warnings;
  const std::size_t not_begun = watch_->finish(push_patience);
  if (metrics_) metrics_->end_run(complete);
  if (auto warning = note_pushes(not_begun)) warnings.push_back(std::move(*warning));
  if (!port_ || linger_ == duration::zero()) return warnings;
  if (!quiet) fmt::print(stderr, "loadgen: waiting for a last scrape, {:.6g} s at most\n", to_s(linger_));
  if (!port_->wait_for_scrape(linger_))
    warnings.emplace_back("--metrics-linger: nobody scraped the end of the run in time");
  return warnings;
}

} // namespace loadgen::cli
