#include "engine/keeping.hpp"

#include "engine/servers.hpp"

#include <algorithm>
#include <utility>

namespace loadgen::engine {

namespace json = boost::json;

namespace {

bool has_secrets(const client_settings& settings) {
  return !settings.api_key.empty() || std::any_of(settings.headers.begin(), settings.headers.end(),
                                                  [](const auto& header) { return is_secret_header(header.first); });
}

json::value message_or_null(const std::optional<error>& failure) {
  return failure ? json::value(failure->message) : json::value();
}

result<std::unique_ptr<recording::exchange_recorder>> start_exchanges(const run_settings& settings, answer_form asked,
                                                                      const metrics::run_info& info) {
  std::vector<client::request_template> shown;
  if (has_secrets(settings.client)) {
    auto forms = make_forms(without_secrets(settings.client), asked);
    if (forms.has_error()) return forms.error();
    shown = std::move(*forms);
  }
  const recording::recording_info about{info.run_id, info.epoch, info.epoch_unix_ns, asked};
  return recording::exchange_recorder::create(settings.keep.exchanges, about,
                                              static_cast<std::uint16_t>(settings.threads), std::move(shown),
                                              settings.keep.memory_limit);
}

} // namespace

result<keeping> keeping::start(const run_settings& settings, answer_form asked, const metrics::run_info& info) {
  keeping made;
  if (!settings.keep.exchanges.empty()) {
    auto exchanges = start_exchanges(settings, asked, info);
    if (exchanges.has_error()) return exchanges.error();
    made.exchanges = std::move(*exchanges);
  }
  if (!settings.keep.texts.empty()) {
    auto texts = recording::text_recorder::create(settings.keep.texts, settings.keep.memory_limit);
    if (texts.has_error()) return texts.error();
    made.texts = std::move(*texts);
  }
  return made;
}

void keeping::end(json::object& manifest) {
  if (exchanges) {
    exchanges->end();
    const recording::recording_totals totals = exchanges->totals();
    manifest["recording"] = json::object{{"bytes", exchanges->size()},
                                         {"exchanges", totals.exchanges},
                                         {"lost_exchanges", totals.lost_exchanges},
                                         {"cut_exchanges", totals.cut_exchanges},
                                         {"missing_bytes", totals.missing_bytes},
                                         {"failure", message_or_null(exchanges->failure())}};
  }
  if (texts) {
    texts->end();
    manifest["texts"] = json::object{{"lost", texts->lost()}, {"failure", message_or_null(texts->failure())}};
  }
}

std::optional<error> keeping::failure() const {
  if (exchanges)
    if (auto failure = exchanges->failure()) return failure;
  return texts ? texts->failure() : std::nullopt;
}

} // namespace loadgen::engine
