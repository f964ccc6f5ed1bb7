#include "base/sha256.hpp"

#include <loadgen/base/secrets.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/recording/exchanges.hpp>
#include <loadgen/recording/replay.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <system_error>
#include <tuple>
#include <unordered_map>

namespace loadgen::recording {

namespace {

/// One request that goes out again.
struct moment {
  std::uint64_t index = 0; // in the recorded plan
  duration at{};           // after the begin of its phase
  std::uint32_t head = 0;  // of all that differ
  std::uint32_t line = 0;  // of the bodies
};

/// The requests of one level and trial.
struct level_moments {
  std::uint32_t level = 0, trial = 1;
  std::vector<moment> measured, warmup;
};

void add_body(sha256& hash, std::string_view body) {
  hash.update(fmt::format("{}:", body.size()));
  hash.update(body);
  hash.update(",");
}

std::string_view next_line(std::string_view& text) {
  constexpr std::string_view end = "\r\n";
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view line = text.substr(0, at);
  text.remove_prefix(std::min(at + end.size(), text.size()));
  return line;
}

bool is_same(std::string_view left, std::string_view right) {
  return boost::algorithm::iequals(left, right);
}

// Those that every request has; the client writes them itself.
bool is_of_every_request(std::string_view name) {
  constexpr std::array<std::string_view, 4> own{"Host", "Content-Type", "Accept", "Content-Length"};
  return std::any_of(own.begin(), own.end(), [name](std::string_view one) { return is_same(one, name); });
}

void read_head(std::string_view request, replay_source& into) {
  next_line(request); // the request line
  for (std::string_view line = next_line(request); !line.empty(); line = next_line(request)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (is_of_every_request(name)) continue;
    if (is_same(name, "Connection"))
      into.fresh_connections = is_same(value, "close");
    else if (is_secret_header(name))
      into.secret_headers.emplace_back(name);
    else
      into.headers.emplace_back(name, value);
  }
}

/// When each request on record was to go out, and which have been seen.
class planned_moments {
public:
  explicit planned_moments(const metrics::recorded_run& run) {
    for (std::size_t place = 0; place < run.levels.size(); ++place)
      for (const metrics::request_record& record : run.levels[place].requests) {
        moments_[{place, record.warmup, record.index}] = record.planned;
        if (!record.warmup) ++measured_;
      }
  }

  [[nodiscard]] std::optional<instant> of(const recorded_phase& phase, std::uint64_t index) const {
    const auto found = moments_.find({phase.place, phase.warmup, index});
    return found == moments_.end() ? std::nullopt : found->second;
  }

  [[nodiscard]] std::uint64_t measured() const noexcept { return measured_; }

private:
  std::map<std::tuple<std::size_t, bool, std::uint64_t>, std::optional<instant>> moments_;
  std::uint64_t measured_ = 0;
};

/// Collects the requests of a recording.
class request_collector {
public:
  request_collector(replay_times times, const planned_moments& planned, replay_source& made)
      : times_(times),
        planned_(planned),
        made_(made) {}

  void add(const recorded_phase& phase, recorded_exchange& exchange) {
    const bool counts =
        exchange.attempt == 0 && exchange.end && exchange.end->concluded && exchange.end->how != exchange_ending::stale;
    if (!counts) return;
    std::optional<instant> when = exchange.end->sent;
    if (times_ == replay_times::planned) when = planned_.of(phase, exchange.index);
    if (!when) {
      without_moment_ = true;
      return;
    }
    if (levels_.empty()) read_head(exchange.request, made_);
    level_moments& level = levels_[phase.place];
    level.level = phase.level;
    level.trial = phase.trial;
    const duration at = std::max(*when - phase.began, duration::zero());
    (phase.warmup ? level.warmup : level.measured)
        .push_back(
            {exchange.index, at, place_of(heads_, head_of(exchange)), place_of(lines_, std::string{exchange.body()})});
  }

  [[nodiscard]] bool without_moment() const noexcept { return without_moment_; }

  void finish() {
    hash_recorded();
    for (auto& [place, level] : levels_) {
      if (level.measured.empty()) continue;
      made_.requests += level.measured.size();
      made_.order.push_back(order_of(level.measured));
      made_.levels.push_back(settings_of(level));
    }
    std::vector<workload::dataset_entry> entries(lines_.size());
    while (!lines_.empty()) {
      auto taken = lines_.extract(lines_.begin());
      workload::dataset_entry& entry = entries[taken.mapped()];
      entry.line = taken.mapped() + 1;
      entry.exact = true;
      entry.body = std::move(taken.key());
    }
    made_.bodies.entries = std::move(entries);
    made_.bodies.names_models = true; // each body has what it had
  }

private:
  using texts = std::unordered_map<std::string, std::uint32_t>; // each with its place among them

  static std::uint32_t place_of(texts& among, std::string text) {
    const auto next = static_cast<std::uint32_t>(among.size());
    return among.try_emplace(std::move(text), next).first->second;
  }

  static std::vector<const std::string*> by_place(const texts& all) {
    std::vector<const std::string*> found(all.size());
    for (const auto& [text, place] : all) found[place] = &text;
    return found;
  }

  static std::string head_of(const recorded_exchange& exchange) {
    return exchange.request.substr(0, exchange.request.size() - exchange.body().size());
  }

  // Both in the order of the recorded run's plan.
  void hash_recorded() {
    const auto heads = by_place(heads_), bodies = by_place(lines_);
    sha256 body_hash, wire_hash;
    for (auto& [place, level] : levels_) {
      by_index(level.measured);
      for (const moment& one : level.measured) {
        add_body(body_hash, *bodies[one.line]);
        wire_hash.update(*heads[one.head]);
        wire_hash.update(*bodies[one.line]);
      }
    }
    made_.bodies_sha256 = body_hash.hex_digest();
    made_.wire_sha256 = wire_hash.hex_digest();
  }

  static void by_index(std::vector<moment>& moments) {
    std::sort(moments.begin(), moments.end(),
              [](const moment& left, const moment& right) { return left.index < right.index; });
  }

  // Sorts by time what came by index, and gives each one's new place.
  static std::vector<std::uint64_t> order_of(std::vector<moment>& by_plan) {
    std::vector<std::uint64_t> sorted(by_plan.size());
    std::iota(sorted.begin(), sorted.end(), std::uint64_t{0});
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](std::uint64_t left, std::uint64_t right) { return by_plan[left].at < by_plan[right].at; });
    std::vector<std::uint64_t> places(by_plan.size());
    std::vector<moment> by_time;
    by_time.reserve(by_plan.size());
    for (std::uint64_t place = 0; place < sorted.size(); ++place) {
      places[sorted[place]] = place;
      by_time.push_back(by_plan[sorted[place]]);
    }
    by_plan = std::move(by_time);
    return places;
  }

  static workload::level_settings settings_of(level_moments& level) {
    workload::level_settings made;
    made.level = level.level;
    made.trial = level.trial;
    made.requests = level.measured.size();
    by_index(level.warmup);
    static_cast<void>(order_of(level.warmup));
    for (const moment& one : level.measured) {
      made.offsets.push_back(one.at);
      made.lines.push_back(one.line);
    }
    for (const moment& one : level.warmup) {
      made.warmup_offsets.push_back(one.at);
      made.warmup_lines.push_back(one.line);
    }
    return made;
  }

  replay_times times_;
  const planned_moments& planned_;
  replay_source& made_;
  std::map<std::size_t, level_moments> levels_; // by place
  texts heads_;
  texts lines_; // the bodies
  bool without_moment_ = false;
};

boost::json::object whole_manifest(const metrics::recorded_run& run) {
  boost::json::object manifest = run.info.manifest;
  if (!run.end) return manifest;
  for (const auto& member : run.end->manifest) {
    boost::json::value& slot = manifest[member.key()];
    if (!slot.is_object() || !member.value().is_object())
      slot = member.value();
    else
      for (const auto& inner : member.value().get_object()) slot.get_object()[inner.key()] = inner.value();
  }
  return manifest;
}

} // namespace

result<replay_source> read_replay(const std::filesystem::path& run_folder, replay_times times) {
  const std::filesystem::path file = exchanges_in(run_folder);
  std::error_code failure;
  if (!std::filesystem::exists(file, failure) && !failure)
    return invalid_input(fmt::format("'{}' has no raw/exchanges.bin; expected the folder of a run that was made with "
                                     "--record",
                                     run_folder.string()));
  const auto run = metrics::read_records(run_folder / "raw" / "records.bin");
  if (run.has_error()) return run.error();
  const planned_moments planned{*run};
  replay_source made;
  request_collector collector{times, planned, made};
  const auto read = stream_exchanges(
      file, [&](const recorded_phase& phase, recorded_exchange& exchange) { collector.add(phase, exchange); });
  if (read.has_error()) return read.error();
  if (times == replay_times::planned && collector.without_moment())
    return invalid_input(fmt::format(
        "run {} was a closed loop, whose requests have no planned times; expected recorded ones", read->info.run_id));
  collector.finish();
  if (made.requests == 0)
    return invalid_input(fmt::format("the recording of run {} has no whole request", read->info.run_id));
  made.run_id = read->info.run_id;
  made.asked = read->info.asked;
  made.left_out = planned.measured() - std::min(planned.measured(), made.requests);
  made.manifest = whole_manifest(*run);
  made.bodies.name = "run " + made.run_id;
  made.bodies.sha256 = made.bodies_sha256;
  return made;
}

std::string bodies_sha256(const workload::plan& plan, const std::vector<std::vector<std::uint64_t>>& order) {
  sha256 hash;
  for (std::size_t level = 0; level < order.size(); ++level)
    for (const std::uint64_t index : order[level]) add_body(hash, plan.at(level, index).body);
  return hash.hex_digest();
}

} // namespace loadgen::recording
