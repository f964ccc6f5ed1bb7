#include "metrics/block_file.hpp"
#include "metrics/meta_codec.hpp"
#include "metrics/record_codec.hpp"

#include <loadgen/metrics/recorded_run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace loadgen::metrics {

namespace {

bool in_plan_order(const request_record& left, const request_record& right) noexcept {
  return std::tuple{!left.warmup, left.index} < std::tuple{!right.warmup, right.index};
}

/// Records are large: their places are sorted first, and then each record is moved once, along the cycles of the
/// permutation.
void put_in_plan_order(std::vector<request_record>& requests) {
  std::vector<std::size_t> source(requests.size());
  std::iota(source.begin(), source.end(), std::size_t{0});
  std::stable_sort(source.begin(), source.end(), [&requests](std::size_t left, std::size_t right) {
    return in_plan_order(requests[left], requests[right]);
  });
  for (std::size_t start = 0; start < source.size(); ++start) {
    if (source[start] == start) continue;
    request_record displaced = std::move(requests[start]);
    std::size_t place = start;
    while (source[place] != start) {
      requests[place] = std::move(requests[source[place]]);
      place = std::exchange(source[place], place);
    }
    requests[place] = std::move(displaced);
    source[place] = place;
  }
}

/// Puts a run together from its blocks in the order of the file; its records go to the sink.
class run_assembler {
public:
  run_assembler(run_info info, std::uint32_t format_version, const record_sink& sink) : sink_(sink) {
    run_.info = std::move(info);
    run_.has_empty_events = format_version >= 2;
  }

  /// False where the block does not belong at this place or its payload cannot be read. A type that is not known is
  /// passed over: it belongs to a later revision of this format version.
  [[nodiscard]] bool add(const block_reader::block& block) {
    switch (static_cast<block_type>(block.type)) {
    case block_type::run_header: return false;
    case block_type::level_begin: return begin_level(block.payload);
    case block_type::records: return add_records(block.payload);
    case block_type::level_end: return end_level(block.payload);
    case block_type::run_end: return end_run(block.payload);
    }
    return true;
  }

  [[nodiscard]] std::size_t levels_begun() const noexcept { return run_.levels.size(); }

  [[nodiscard]] bool level_has_ended() const noexcept { return !run_.levels.empty() && run_.levels.back().end; }

  [[nodiscard]] recorded_run take(bool damaged) {
    run_.damaged = damaged;
    return std::move(run_);
  }

private:
  [[nodiscard]] bool level_is_open() const noexcept {
    return !run_.end && !run_.levels.empty() && !run_.levels.back().end;
  }

  [[nodiscard]] bool begin_level(std::string_view payload) {
    auto info = decode_level_info(payload, run_.info.epoch);
    if (!info || run_.end) return false;
    run_.levels.emplace_back().info = *info;
    return true;
  }

  [[nodiscard]] bool add_records(std::string_view payload) {
    decoded_.clear();
    if (!level_is_open() || !decode_records(payload, run_.info.epoch, decoded_)) return false;
    for (request_record& record : decoded_) sink_(run_.levels.size() - 1, record);
    return true;
  }

  [[nodiscard]] bool end_level(std::string_view payload) {
    if (!level_is_open()) return false;
    run_.levels.back().end = decode_level_end(payload, run_.info.epoch);
    return run_.levels.back().end.has_value();
  }

  [[nodiscard]] bool end_run(std::string_view payload) {
    if (run_.end) return false;
    run_.end = decode_run_end(payload);
    return run_.end.has_value();
  }

  const record_sink& sink_;
  recorded_run run_;
  std::vector<request_record> decoded_; ///< of one block
};

result<run_info> read_run_header(block_reader& reader, const std::filesystem::path& file) {
  const auto first = reader.next();
  if (!first) return first.error();
  if (*first && (*first)->type == static_cast<std::uint8_t>(block_type::run_header))
    if (auto info = decode_run_info((*first)->payload)) return std::move(*info);
  return invalid_input(fmt::format("{} has no whole run header: it holds nothing of a run", file.string()));
}

} // namespace

result<recorded_run> stream_records(const std::filesystem::path& file, const record_sink& sink, std::uint64_t limit) {
  auto reader = block_reader::open(file, limit);
  if (!reader) return reader.error();
  auto info = read_run_header(*reader, file);
  if (!info) return info.error();
  run_assembler assembler{std::move(*info), reader->version(), sink};
  bool whole = true;
  for (;;) {
    const auto block = reader->next();
    if (!block) return block.error();
    if (!*block) break;
    whole = assembler.add(**block);
    if (!whole) break;
  }
  recorded_run run = assembler.take(!whole || reader->damaged());
  run.file_size = reader->size();
  return run;
}

result<recorded_run> stream_level(const std::filesystem::path& file, std::size_t level, const record_sink& sink,
                                  std::uint64_t limit) {
  auto reader = block_reader::open(file, limit);
  if (!reader) return reader.error();
  auto info = read_run_header(*reader, file);
  if (!info) return info.error();
  run_assembler assembler{std::move(*info), reader->version(), sink};
  bool whole = true;
  reader->pass_over(block_type::records);
  while (whole && !(assembler.levels_begun() == level + 1 && assembler.level_has_ended())) {
    const auto block = reader->next();
    if (!block) return block.error();
    if (!*block) break;
    whole = assembler.add(**block);
    if (assembler.levels_begun() == level + 1) reader->pass_over(std::nullopt);
  }
  if (assembler.levels_begun() != level + 1)
    return invalid_input(
        fmt::format("{} has {} levels, and none of place {}", file.string(), assembler.levels_begun(), level));
  recorded_run run = assembler.take(!whole || reader->damaged());
  run.file_size = reader->size();
  return run;
}

result<recorded_run> read_records(const std::filesystem::path& file) {
  std::vector<std::vector<request_record>> requests; // by level
  auto run = stream_records(file, [&requests](std::size_t level, request_record& record) {
    if (requests.size() <= level) requests.resize(level + 1);
    requests[level].push_back(std::move(record));
  });
  if (!run) return run;
  for (std::size_t level = 0; level < requests.size(); ++level) {
    put_in_plan_order(requests[level]);
    run->levels[level].requests = std::move(requests[level]);
  }
  return run;
}

result<recorded_run> read_level(const std::filesystem::path& file, std::size_t level) {
  std::vector<request_record> requests;
  auto run = stream_level(file, level,
                          [&requests](std::size_t, request_record& record) { requests.push_back(std::move(record)); });
  if (!run) return run;
  put_in_plan_order(requests);
  run->levels[level].requests = std::move(requests);
  return run;
}

result<run_info> read_run_info(const std::filesystem::path& file) {
  auto reader = block_reader::open(file);
  if (!reader) return reader.error();
  return read_run_header(*reader, file);
}

} // namespace loadgen::metrics
