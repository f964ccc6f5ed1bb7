#pragma once

#include <string_view>

namespace loadgen::report {

// Put into the library when it is built (cmake/EmbedFile.cmake).

[[nodiscard]] std::string_view page_template() noexcept; ///< report.html, with {{marks}} for the other parts
[[nodiscard]] std::string_view page_style() noexcept;    ///< report.css
[[nodiscard]] std::string_view basics_script() noexcept; ///< basics.js
[[nodiscard]] std::string_view plots_script() noexcept;  ///< plots.js
[[nodiscard]] std::string_view tables_script() noexcept; ///< tables.js
[[nodiscard]] std::string_view page_script() noexcept;   ///< report.js
[[nodiscard]] std::string_view chart_library() noexcept; ///< Chart.js, minified

} // namespace loadgen::report
