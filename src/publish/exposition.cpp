#include <loadgen/publish/metric_family.hpp>

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace loadgen::publish {

namespace {

std::string_view name_of(family_type type) noexcept {
  switch (type) {
  case family_type::counter: return "counter";
  case family_type::gauge: return "gauge";
  case family_type::histogram: return "histogram";
  case family_type::summary: return "summary";
  }
  return "untyped";
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value); // the shortest that is read back as the same number
}

void append_help(std::string& text, std::string_view help) {
  for (const char c : help) {
    if (c == '\\')
      text += "\\\\";
    else if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
}

void append_label(std::string& text, char before, std::string_view name, std::string_view value) {
  text += before;
  text += name;
  text += "=\"";
  for (const char c : value) {
    if (c == '\\')
      text += "\\\\";
    else if (c == '"')
      text += "\\\"";
    else if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
  text += '"';
}

/// One line: a sample's name, its labels with one more where `extra` names it, its value.
void append_line(std::string& text, std::string_view name, const label_list& labels, std::string_view extra,
                 std::string_view extra_value, std::string_view value) {
  text += name;
  char before = '{';
  for (const auto& [label, label_value] : labels) {
    append_label(text, before, label, label_value);
    before = ',';
  }
  if (!extra.empty()) {
    append_label(text, before, extra, extra_value);
    before = ',';
  }
  if (before == ',') text += '}';
  text += ' ';
  text += value;
  text += '\n';
}

void append_sample(std::string& text, const metric_family& family, const metric_sample& sample) {
  if (family.type == family_type::counter || family.type == family_type::gauge)
    return append_line(text, family.name, sample.labels, {}, {}, number(sample.value));
  const std::string count = fmt::format("{}", sample.count);
  if (family.type == family_type::histogram) {
    const std::string bucket = family.name + "_bucket";
    for (const auto& [bound, at_most] : sample.buckets)
      append_line(text, bucket, sample.labels, "le", number(bound), fmt::format("{}", at_most));
    append_line(text, bucket, sample.labels, "le", "+Inf", count);
  } else {
    for (const auto& [quantile, value] : sample.quantiles)
      append_line(text, family.name, sample.labels, "quantile", number(quantile), number(value));
  }
  append_line(text, family.name + "_sum", sample.labels, {}, {}, number(sample.sum));
  append_line(text, family.name + "_count", sample.labels, {}, {}, count);
}

} // namespace

std::string exposition_text(std::span<const metric_family> families) {
  std::string text;
  for (const metric_family& family : families) {
    if (family.samples.empty()) continue;
    fmt::format_to(std::back_inserter(text), "# HELP {} ", family.name);
    append_help(text, family.help);
    fmt::format_to(std::back_inserter(text), "\n# TYPE {} {}\n", family.name, name_of(family.type));
    for (const metric_sample& sample : family.samples) append_sample(text, family, sample);
  }
  return text;
}

} // namespace loadgen::publish
