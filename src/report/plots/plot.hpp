#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::report {

/// A curve of a plot. Points in ascending order of x; a NaN for y leaves a gap.
struct plot_series {
  std::string title{};
  std::vector<std::pair<double, double>> points{};
};

/// What one plot shows, before anything is known of the program that draws it.
struct plot {
  enum class axis : std::uint8_t {
    linear,
    doubling, ///< each step is twice the one before
    nines     ///< 1 / (1 - p): each step is one nine more of the percentile p
  };
  enum class shape : std::uint8_t { points, line, steps };

  std::string name; ///< of its files
  std::string title{}, x_label{}, y_label{};
  axis x = axis::linear;
  shape drawn_as = shape::line;
  std::vector<plot_series> series{};
};

/// The plots of a page (page_data()), without those that have no point.
[[nodiscard]] std::vector<plot> plots_of(const boost::json::object& page);

/// The points, a block a series, as gnuplot reads them with `index`.
[[nodiscard]] std::string gnuplot_data(const plot& of);

/// Makes NAME.svg and NAME.png of NAME.dat, all in the working folder.
[[nodiscard]] std::string gnuplot_script(const plot& of);

/// `text` as a string of gnuplot's in which nothing has a meaning: one line, between single quotes.
[[nodiscard]] std::string gnuplot_quoted(std::string_view text);

} // namespace loadgen::report
