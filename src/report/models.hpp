#pragma once

#include <loadgen/base/weighted_choice.hpp>
#include <loadgen/metrics/recorded_run.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace loadgen::report {

/// Which model each request of a run asked for, where it had several: told again from the manifest's list and seed, as
/// the requests' models were drawn (docs/outputs.md, `target.models`).
class run_models {
public:
  /// Those of a run with that manifest. A list that cannot be drawn from is none.
  explicit run_models(const boost::json::object& manifest);

  /// Whether each request drew its model.
  [[nodiscard]] bool several() const noexcept { return choice_.has_value(); }

  /// Their names, in the order of the list. Empty where there is no list.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// The place of a measured request's model among the names. Only where there are several.
  [[nodiscard]] std::size_t of(const metrics::level_info& level, const metrics::request_record& record) const noexcept {
    // All turns of a conversation ask for the same.
    const std::uint64_t place = record.conversation ? record.conversation->number : record.index;
    return choice_->of(level.level, place / copies_);
  }

  /// The name of its model, or that of all requests.
  [[nodiscard]] const std::string& name_of(const metrics::level_info& level,
                                           const metrics::request_record& record) const noexcept {
    return choice_ ? names_[of(level, record)] : name_;
  }

private:
  std::string name_;
  std::vector<std::string> names_;
  std::optional<weighted_choice> choice_;
  std::uint64_t copies_ = 1;
};

} // namespace loadgen::report
