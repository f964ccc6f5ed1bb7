#include "report/files.hpp"
#include "report/html/embedded_page.hpp"
#include "report/html/page_data.hpp"
#include "report/text.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <utility>

namespace loadgen::report {

std::string inert(std::string_view json) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> meant{{
      {"<", "\\u003c"},
      {">", "\\u003e"},
      {"&", "\\u0026"},
      {"\u2028", "\\u2028"},
      {"\u2029", "\\u2029"},
  }};
  const std::string text = well_formed(json);
  std::string safe;
  safe.reserve(text.size() + text.size() / 64);
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t taken = 1;
    std::string_view written = rest.substr(0, 1);
    for (const auto& [character, spelled] : meant)
      if (rest.starts_with(character)) {
        taken = character.size();
        written = spelled;
      }
    safe += written;
    rest.remove_prefix(taken);
  }
  return safe;
}

std::string html_page(const boost::json::object& data) {
  const std::string text = inert(boost::json::serialize(data));
  const std::array<std::pair<std::string_view, std::string_view>, 7> parts{{
      {"{{report.css}}", page_style()},
      {"{{chart.js}}", chart_library()},
      {"{{data}}", text},
      {"{{basics.js}}", basics_script()},
      {"{{plots.js}}", plots_script()},
      {"{{tables.js}}", tables_script()},
      {"{{report.js}}", page_script()},
  }};
  std::string page;
  std::string_view rest = page_template();
  for (const auto& [mark, part] : parts) { // in the order of the template, so that no part is searched for marks
    const std::size_t at = rest.find(mark);
    page.append(rest.substr(0, at)).append(part);
    rest.remove_prefix(at + mark.size());
  }
  return page.append(rest);
}

result<void> write_html(const std::filesystem::path& file, std::span<const run_in_folder> runs) {
  const auto data = page_data(runs);
  if (data.has_error()) return data.error();
  return write_whole(file, html_page(*data));
}

} // namespace loadgen::report
