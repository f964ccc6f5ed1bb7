#pragma once

#include <loadgen/base/weighted_choice.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::workload {

/// What is drawn for each request beside its salt: its model, its adapter, its seed. The same in all trials of a level,
/// and for all copies of a request.
///
/// Thread-safety: all const members may be called from several threads at once.
class request_draws {
public:
  explicit request_draws(const request_settings& settings);

  /// The place of its model in the settings' list; 0 where they have none.
  [[nodiscard]] std::size_t model_of(std::uint32_t level, std::uint64_t request, bool warmup) const;

  /// The further members of its body, serialized; empty where there are none.
  [[nodiscard]] std::string members_of(std::uint32_t level, std::uint64_t request, bool warmup) const;

private:
  struct choices {
    weighted_choice measured, warmup;
  };

  static std::optional<choices> choices_of(const std::vector<model_share>& shares, std::uint64_t seed,
                                           const std::string& dimension);
  [[nodiscard]] static std::size_t chosen(const choices& from, std::uint32_t level, std::uint64_t request, bool warmup);

  std::uint64_t seed_;
  bool seed_each_;
  std::optional<choices> models_, loras_;
  std::vector<std::string> lora_members_; // `"lora_path":"name"`, empty for none
};

} // namespace loadgen::workload
