#include "report/plots/plot.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace loadgen::report {

namespace {

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "NaN";
}

/// Steps of powers of two, where the loads are so far apart that equal ones would crowd the small ones.
bool wants_doubling(const plot& of) {
  double least = INFINITY, most = 0;
  for (const plot_series& series : of.series)
    for (const auto& point : series.points) {
      least = std::min(least, point.first);
      most = std::max(most, point.first);
    }
  return least > 0 && most >= 8 * least;
}

std::string axis_lines(const plot& of) {
  if (of.x == plot::axis::nines)
    return "set logscale x 10\n"
           "set xrange [1:*]\n"
           "set xtics ('0' 1, 'p50' 2, 'p90' 10, 'p99' 100, 'p99.9' 1e3, 'p99.99' 1e4, 'p99.999' 1e5, 'p99.9999' "
           "1e6)\n";
  return of.x == plot::axis::doubling && wants_doubling(of) ? "set logscale x 2\n" : "";
}

std::string_view style_of(plot::shape shape) {
  switch (shape) {
  case plot::shape::points: return "linespoints pointtype 7 pointsize 0.6";
  case plot::shape::line: return "lines";
  case plot::shape::steps: return "steps";
  }
  return "lines";
}

/// Of the canvas: the legend below the plot has a line a series, so that no name is too long for it.
std::size_t height_of(const plot& of) {
  return 520 + 20 * of.series.size();
}

std::string plot_lines(const plot& of) {
  std::string lines = "plot ";
  for (std::size_t i = 0; i < of.series.size(); ++i)
    lines += fmt::format("{}'{}.dat' index {} using 1:2 with {} linewidth 1.5 title {}", i == 0 ? "" : ", \\\n     ",
                         of.name, i, style_of(of.drawn_as), gnuplot_quoted(of.series[i].title));
  return lines + "\n";
}

} // namespace

// Between single quotes gnuplot knows neither backslashes nor backquotes, and `noenhanced` takes their meaning from
// @, {, }, ^, _ and &.
std::string gnuplot_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : printable(text)) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string gnuplot_data(const plot& of) {
  std::string text = fmt::format("# {}\n# x: {}, y: {}\n", printable(of.title), of.x_label, of.y_label);
  for (std::size_t i = 0; i < of.series.size(); ++i) {
    text += fmt::format("{}# {}: {}\n", i == 0 ? "" : "\n\n", i, printable(of.series[i].title));
    for (const auto& [x, y] : of.series[i].points) text += number(x) + " " + number(y) + "\n";
  }
  return text;
}

std::string gnuplot_script(const plot& of) {
  return fmt::format("# Makes {0}.svg and {0}.png of {0}.dat: cd to this folder, then gnuplot {0}.gp\n"
                     "set encoding utf8\n"
                     "set terminal svg size 960,{6} noenhanced background '#ffffff'\n"
                     "set output '{0}.svg'\n"
                     "set title {1}\n"
                     "set xlabel {2}\n"
                     "set ylabel {3}\n"
                     "set yrange [0:*]\n"
                     "set grid\n"
                     "set key below vertical maxcols 1 left\n"
                     "set datafile missing 'NaN'\n"
                     "{4}"
                     "{5}"
                     "set terminal pngcairo size 960,{6} noenhanced background '#ffffff'\n"
                     "set output '{0}.png'\n"
                     "replot\n"
                     "set output\n",
                     of.name, gnuplot_quoted(of.title), gnuplot_quoted(of.x_label), gnuplot_quoted(of.y_label),
                     axis_lines(of), plot_lines(of), height_of(of));
}

} // namespace loadgen::report
