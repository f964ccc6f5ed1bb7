#pragma once

#include <string_view>

namespace loadgen::report {

// Put into the library when it is built (cmake/EmbedFile.cmake).

[[nodiscard]] std::string_view page_template() noexcept; ///< report.html, with {{marks}} for the other parts
[[nodiscard]] std::string_view page_style() noexcept;    ///< report.css
[[nodiscard]] std::string_view page_script() noexcept;   ///< report.js
[[nodiscard]] std::string_view chart_library() noexcept; ///< Chart.js, minified

} // namespace loadgen::report
