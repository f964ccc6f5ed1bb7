#include "recording/exchange_codec.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <utility>

namespace loadgen::recording {

namespace {

/// Puts the exchanges of all workers together.
class exchange_assembler final : public entry_sink {
public:
  exchange_assembler(recording_info info, const exchange_sink& sink) : sink_(sink) { made_.info = std::move(info); }

  /// False where the block is none of a recording's, or stands where it cannot.
  [[nodiscard]] bool add(const metrics::block_reader::block& block) {
    switch (static_cast<exchange_block>(block.type)) {
    case exchange_block::info: return false;
    case exchange_block::phase: return begin_phase(block.payload);
    case exchange_block::entries: return add_entries(block.payload);
    case exchange_block::totals: return end(block.payload);
    }
    return true; // of a later revision
  }

  [[nodiscard]] recording take() {
    while (!under_way_.empty()) give(under_way_.begin());
    return std::move(made_);
  }

private:
  using key = std::pair<std::uint16_t, std::uint64_t>; // worker, number among its exchanges
  using exchanges = std::map<key, recorded_exchange>;

  [[nodiscard]] bool begin_phase(std::string_view payload) {
    const auto phase = decode_phase(payload, made_.info.epoch);
    if (!phase || made_.totals) return false;
    while (!under_way_.empty()) give(under_way_.begin());
    made_.phases.push_back(*phase);
    return true;
  }

  [[nodiscard]] bool add_entries(std::string_view payload) {
    if (made_.phases.empty() || made_.totals) return false;
    const bool decoded = decode_entries(payload, made_.info.epoch, *this);
    return decoded && fits_;
  }

  [[nodiscard]] bool end(std::string_view payload) {
    made_.totals = decode_totals(payload);
    return made_.totals.has_value();
  }

  void on_worker(std::uint16_t worker) override { worker_ = worker; }

  void on_request(std::uint64_t number, recorded_exchange exchange) override {
    const bool is_new = under_way_.try_emplace({worker_, number}, std::move(exchange)).second;
    fits_ = fits_ && is_new;
  }

  void on_read(std::uint64_t number, recorded_read read) override {
    const auto found = find(number);
    if (found != under_way_.end()) found->second.reads.push_back(std::move(read));
  }

  void on_missing(std::uint64_t number, std::uint64_t bytes) override {
    const auto found = find(number);
    if (found != under_way_.end()) found->second.missing_bytes += bytes;
  }

  void on_end(std::uint64_t number, recorded_end end) override {
    const auto found = find(number);
    if (found == under_way_.end()) return;
    found->second.end = std::move(end);
    give(found);
  }

  exchanges::iterator find(std::uint64_t number) {
    const auto found = under_way_.find({worker_, number});
    fits_ = fits_ && found != under_way_.end();
    return found;
  }

  void give(exchanges::iterator ended) {
    recorded_exchange exchange = std::move(ended->second);
    under_way_.erase(ended);
    sink_(made_.phases.back(), exchange);
  }

  const exchange_sink& sink_;
  recording made_;
  exchanges under_way_;
  std::uint16_t worker_ = 0;
  bool fits_ = true; // all entries so far belong to an exchange
};

result<metrics::block_reader> open(const std::filesystem::path& file) {
  return metrics::block_reader::open(file, std::numeric_limits<std::uint64_t>::max(), exchanges_file);
}

result<recording_info> read_info(metrics::block_reader& reader, const std::filesystem::path& file) {
  const auto first = reader.next();
  if (!first) return first.error();
  if (*first && (*first)->type == static_cast<std::uint8_t>(exchange_block::info))
    if (auto info = decode_info((*first)->payload)) return std::move(*info);
  return invalid_input(fmt::format("{} has no whole header: it holds nothing of a run", file.string()));
}

} // namespace

std::string_view recorded_exchange::body() const noexcept {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const std::size_t found = request.find(end_of_head);
  return found == std::string::npos ? std::string_view{} : std::string_view{request}.substr(found + end_of_head.size());
}

std::filesystem::path exchanges_in(const std::filesystem::path& run_folder) {
  return run_folder / "raw" / "exchanges.bin";
}

result<recording_info> read_recording_info(const std::filesystem::path& file) {
  auto reader = open(file);
  if (!reader) return reader.error();
  return read_info(*reader, file);
}

result<recording> stream_exchanges(const std::filesystem::path& file, const exchange_sink& sink) {
  auto reader = open(file);
  if (!reader) return reader.error();
  auto info = read_info(*reader, file);
  if (!info) return info.error();

  exchange_assembler assembler{std::move(*info), sink};
  bool whole = true;
  while (whole) {
    const auto block = reader->next();
    if (!block) return block.error();
    if (!*block) break;
    whole = assembler.add(**block);
  }
  recording made = assembler.take();
  made.damaged = !whole || reader->damaged();
  made.file_size = reader->size();
  return made;
}

} // namespace loadgen::recording
