#include <loadgen/comparison/change.hpp>

namespace loadgen::comparison {

std::string_view to_string(judgement of) noexcept {
  switch (of) {
  case judgement::better: return "better";
  case judgement::worse: return "worse";
  case judgement::negligible: return "negligible";
  case judgement::same: return "same";
  case judgement::cannot_tell: return "cannot_tell";
  }
  return "";
}

std::string_view to_string(obstacle why) noexcept {
  switch (why) {
  case obstacle::none: return "";
  case obstacle::chance: return "chance";
  case obstacle::not_measured: return "not_measured";
  case obstacle::no_ratio: return "no_ratio";
  case obstacle::few_requests: return "few_requests";
  case obstacle::few_samples: return "few_samples";
  case obstacle::lasting_likeness: return "lasting_likeness";
  case obstacle::histograms: return "histograms";
  case obstacle::common_loop: return "common_loop";
  case obstacle::instrument: return "instrument";
  }
  return "";
}

std::string_view explain(obstacle why) noexcept {
  switch (why) {
  case obstacle::none: return "";
  case obstacle::chance: return "no change and one beyond the threshold are both possible; it takes more requests";
  case obstacle::not_measured: return "not measured in both";
  case obstacle::no_ratio: return "there is no ratio to zero";
  case obstacle::few_requests: return "fewer than 40 requests";
  case obstacle::few_samples: return "too few samples beyond the percentile";
  case obstacle::lasting_likeness: return "neighbouring requests are alike for too long; it takes a longer level";
  case obstacle::histograms: return "made with --bounded, so that there are no samples; --bounded=false reads them";
  case obstacle::common_loop: return "the two targets took turns in one loop, so that neither can be ahead";
  case obstacle::instrument: return "the difference is no larger than what the instrument may have added";
  }
  return "";
}

} // namespace loadgen::comparison
