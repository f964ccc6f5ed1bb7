#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/search/evidence.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::search {

/// What a load is.
enum class load_kind : std::uint8_t {
  rate,        ///< requests/s of an open loop; a search also asks whether the queue grew
  concurrency, ///< requests in flight of a closed loop; whole numbers
};

/// The name in settings and files: "rate", "concurrency".
[[nodiscard]] std::string_view to_string(load_kind kind) noexcept;

/// The last of so many trials is 512 times as long as the first.
inline constexpr std::uint32_t most_trials_of_a_load = 10;

/// What is searched for, and how hard.
struct search_settings {
  load_kind kind = load_kind::rate;  ///< what is varied
  double least = 0.05;               ///< no load below is tried; above 0, of a concurrency at least 1
  double most = 1024;                ///< no load above is tried; at least `least`
  double precision = 0.05;           ///< the interval is wide enough at this share of its lower end; above 0, at most 1
  std::uint32_t confirmations = 3;   ///< trials that each end of the interval must have; 1 to most_trials
  std::uint32_t most_trials = 3;     ///< of one load, after which it stays undecided; 1 to most_trials_of_a_load
  double required_attainment = 0.99; ///< share of the requests that must meet the SLO; above 0, below 1
};

/// Errors: invalid_input, naming the setting that is out of its range.
[[nodiscard]] result<void> validate(const search_settings& settings);

/// {"kind":"rate","range":[0.05,1024],...}: how the manifest and outputs write them.
[[nodiscard]] boost::json::object to_json(const search_settings& settings);

/// The settings that to_json() wrote; nothing where `value` is none, as the null of a run without a search.
[[nodiscard]] std::optional<search_settings> settings_from_json(const boost::json::value& value);

/// The next level to measure.
struct search_step {
  double load = 1;         ///< requests/s or requests in flight
  std::uint32_t level = 0; ///< number of the load, in the order in which loads were first tried, from 0
  std::uint32_t trial = 1; ///< number of the trial of that load, from 1
  /// How many times as long it should be as a first trial: each trial of a load is twice as long as the one before. The
  /// easy loads are left behind quickly, and those near the answer are seen in the long run.
  std::uint32_t size = 1;
};

/// What is known of one load.
enum class load_verdict : std::uint8_t {
  holds,     ///< the SLO is met: the interval of its attainment lies at or above what is required, and no queue grew
  fails,     ///< it lies below, or the queue grew in most of the trials
  undecided, ///< neither is more than chance
};

/// The name in files: "holds", "fails", "undecided".
[[nodiscard]] std::string_view to_string(load_verdict verdict) noexcept;

/// One load with all its trials so far.
struct tried_load {
  double load = 0;                                ///< requests/s or requests in flight
  std::uint32_t level = 0;                        ///< its number, as in search_step
  std::uint32_t trials = 0;                       ///< that ran to their end
  std::uint64_t requests = 0;                     ///< judged in them
  std::uint64_t met = 0;                          ///< of them met the SLO
  metrics::interval attainment;                   ///< 95 % confidence interval of the share that meets it
  std::uint32_t queue_judged = 0;                 ///< trials that were long enough to see the queue; 0 of a concurrency
  std::uint32_t queue_grew = 0;                   ///< of these, those in which it grew
  duration longest_arrivals{};                    ///< open loop: of the longest trial, first planned moment to last
  load_verdict verdict = load_verdict::undecided; ///< by all trials together
};

/// One trial, in the order they ran.
struct tried_step {
  double load = 0;                ///< requests/s or requests in flight
  std::uint32_t level = 0;        ///< number of the load
  std::uint32_t trial = 1;        ///< number of the trial of that load
  std::uint64_t requests = 0;     ///< judged in this trial
  std::uint64_t met = 0;          ///< of them met the SLO
  std::optional<bool> queue_grew; ///< in this trial; unset of a concurrency, and where it was too short to tell
  metrics::interval attainment;   ///< of the load, by this and its earlier trials
  load_verdict verdict = load_verdict::undecided; ///< the same
};

/// What a search has found, or has found so far.
struct search_result {
  std::optional<double> highest_held;  ///< the highest load that holds, below every one that fails: the answer
  std::optional<double> lowest_failed; ///< the lowest load that fails
  bool finished = false;               ///< nothing is left to try
  /// Why the two are not there or further apart than the precision; empty where nothing is amiss.
  std::string reason;
  std::vector<std::string> notes; ///< what else a reader must know, a sentence each
  std::vector<tried_load> loads;  ///< ascending
  std::vector<tried_step> steps;  ///< in the order they ran

  /// Whether the answer lies between two loads that were shown to hold and to fail.
  [[nodiscard]] bool bracketed() const noexcept { return highest_held && lowest_failed; }
};

/// Chooses loads, one level at a time, until the highest that holds and the lowest that fails are close together and
/// confirmed: doubling (or halving) from 1, or from the end of the range next to it, then bisection. A load that
/// neither holds nor fails is tried again, and when its trials are used up the search narrows down from both sides of
/// it. Takes for granted that a higher load is not easier to hold. Deterministic: the same evidence leads to the same
/// loads. It always ends: loads lie no closer than the precision, and none has more than most_trials.
///
/// Thread-safety: one thread at a time.
class capacity_search {
public:
  /// `settings` must be valid.
  explicit capacity_search(const search_settings& settings) : settings_(settings) {}

  /// What to measure now; nothing when the search is over. The same until evidence is added.
  [[nodiscard]] std::optional<search_step> next() const;

  /// What a trial of that load brought.
  void add(double load, const trial_evidence& evidence);

  /// The answer, or what is known so far.
  [[nodiscard]] search_result result() const;

private:
  struct tally {
    std::uint32_t level = 0;
    std::vector<trial_evidence> trials;
    load_verdict verdict = load_verdict::undecided;
  };

  using tallies = std::map<double, tally>;

  [[nodiscard]] load_verdict judge(const std::vector<trial_evidence>& trials) const;
  [[nodiscard]] std::optional<double> highest_held() const;
  [[nodiscard]] std::optional<double> lowest_failed() const;
  [[nodiscard]] std::optional<double> next_load() const;
  [[nodiscard]] std::optional<double> load_outside() const;
  [[nodiscard]] std::optional<double> load_between(std::optional<double> held, std::optional<double> failed) const;
  [[nodiscard]] std::optional<double> load_to_confirm(std::optional<double> held, std::optional<double> failed) const;
  [[nodiscard]] std::optional<double> middle(double low, double high) const;
  [[nodiscard]] std::string reason() const;
  [[nodiscard]] std::vector<std::string> notes() const;
  [[nodiscard]] std::string named(double load) const;

  search_settings settings_;
  tallies loads_; ///< by load
  std::vector<tried_step> steps_;
};

} // namespace loadgen::search
