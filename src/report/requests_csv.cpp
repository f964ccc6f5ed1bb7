#include "report/requests_csv.hpp"

#include "report/columns_csv.hpp"
#include "report/request_columns.hpp"

#include <loadgen/report/report.hpp>

namespace loadgen::report {

void append_requests_header(std::string& csv) {
  csv_row names{csv, csv_row::kind::names};
  write_names(names, request_columns());
  names.end();
}

void append_request_row(std::string& csv, const metrics::level_info& level, instant epoch,
                        const metrics::request_record& record) {
  csv_row values{csv, csv_row::kind::values};
  write_values(values, request_columns(), request_row{level, epoch, record});
  values.end();
}

std::string requests_csv(const analyzed_run& run) {
  std::string csv;
  append_requests_header(csv);
  for (const metrics::recorded_level& level : run.run.levels)
    for (const metrics::request_record& record : level.requests)
      if (!record.warmup) append_request_row(csv, level.info, run.run.info.epoch, record);
  return csv;
}

} // namespace loadgen::report
