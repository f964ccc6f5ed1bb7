#include "serve_input.hpp"

#include "value_reader.hpp"

#include <loadgen/base/duration_text.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace loadgen::cli {

namespace {

using serve::gap_distribution;

struct gap {
  gap_distribution distribution = gap_distribution::constant;
  duration mean{};
  double variation = 0; ///< coefficient of variation; 0: the distribution has none to choose
};

struct named_distribution {
  std::string_view name;
  gap_distribution distribution;
  bool has_variation;
};

constexpr std::array distributions{
    named_distribution{"constant", gap_distribution::constant, false},
    named_distribution{"normal", gap_distribution::normal, true},
    named_distribution{"lognormal", gap_distribution::lognormal, true},
    named_distribution{"exponential", gap_distribution::exponential, false},
};

std::optional<double> parse_variation(std::string_view text) {
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc{} && rest == text.data() + text.size();
  return whole && number > 0 && number <= 10 ? std::optional{number} : std::nullopt;
}

std::optional<gap> parse_gap(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) {
    const auto mean = parse_duration(text);
    return mean ? std::optional{gap{.mean = *mean}} : std::nullopt;
  }
  if (!text.ends_with(')')) return std::nullopt;
  const std::string_view name = text.substr(0, open);
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  const std::size_t comma = inside.find(',');
  for (const named_distribution& known : distributions) {
    if (known.name != name || known.has_variation != (comma != std::string_view::npos)) continue;
    const auto mean = parse_duration(inside.substr(0, comma));
    if (!mean) return std::nullopt;
    if (!known.has_variation) return gap{known.distribution, *mean, 0};
    std::string_view variation = inside.substr(comma + 1);
    if (variation.starts_with(' ')) variation.remove_prefix(1);
    const auto number = parse_variation(variation);
    return number ? std::optional{gap{known.distribution, *mean, *number}} : std::nullopt;
  }
  return std::nullopt;
}

void read_gap(const settings& from, value_reader& read, serve::server_settings& server) {
  const auto parsed = parse_gap(from.text("itl"));
  if (!parsed)
    return read.fail("itl", fmt::format("'{}' is not a gap; expected a duration such as 10ms, normal(10ms,0.3), "
                                        "lognormal(10ms,0.5) or exponential(10ms)",
                                        from.text("itl")));
  server.itl = parsed->mean;
  server.itl_distribution = parsed->distribution;
  if (parsed->variation > 0) server.itl_cv = parsed->variation;
}

} // namespace

result<serve::server_settings> read_serve_input(const settings& from) {
  serve::server_settings server;
  value_reader read{from};
  server.bind = from.text("bind");
  server.port = static_cast<std::uint16_t>(read.count("port", 0, 65535));
  server.model = from.text("model");
  server.ttft = read.span("ttft");
  read_gap(from, read, server);
  server.tokens = read.count32("tokens", 1);
  server.tokens_per_chunk = read.count32("tokens-per-chunk", 1);
  server.role_chunk = from.text("role-chunk") == "on";
  server.slots = read.count32("slots", 0);
  server.truth = from.text("truth");
  server.transcript = from.text("transcript");
  server.distinct_answers = from.is_on("distinct-answers");
  server.seed = read.count("seed", 0);
  server.tls_certificate = from.text("tls-cert");
  server.tls_key = from.text("tls-key");
  if (!server.tls_certificate.empty() && server.tls_key.empty())
    read.fail("tls-cert", "is given without --tls-key; expected both or neither");
  if (server.tls_certificate.empty() && !server.tls_key.empty())
    read.fail("tls-key", "is given without --tls-cert; expected both or neither");
  if (read.failure()) return *read.failure();
  return server;
}

} // namespace loadgen::cli
