#include <loadgen/serve/truth.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include <fstream>

namespace loadgen::serve {

namespace {

namespace json = boost::json;

instant to_instant(const json::value& nanoseconds) {
  return instant{duration{nanoseconds.to_number<std::int64_t>()}};
}

std::optional<instant> to_optional_instant(const json::value& nanoseconds) {
  if (nanoseconds.is_null()) return std::nullopt;
  return to_instant(nanoseconds);
}

/// Throws, as Boost.JSON's checked accessors do, where the line has another form.
truth_record to_record(const json::value& line) {
  truth_record record;
  record.id = line.at("id").to_number<std::uint64_t>();
  record.path = json::value_to<std::string>(line.at("path"));
  record.body_sha256 = json::value_to<std::string>(line.at("body_sha256"));
  record.stream = line.at("stream").as_bool();
  record.tokens = line.at("tokens").to_number<std::uint32_t>();
  record.tokens_per_chunk = line.at("tokens_per_chunk").to_number<std::uint32_t>();
  record.received = to_instant(line.at("received_ns"));
  record.kernel_stamp = line.at("kernel_stamp").as_bool();
  record.started = to_optional_instant(line.at("started_ns"));
  record.head = to_optional_instant(line.at("head_ns"));
  for (const json::value& written : line.at("written_ns").as_array()) record.written.push_back(to_instant(written));
  for (const json::value& slow : line.at("slow_sends_ns").as_array())
    record.slow_sends.emplace_back(slow.at(0).to_number<std::uint32_t>(),
                                   duration{slow.at(1).to_number<duration::rep>()});
  record.closed = to_optional_instant(line.at("closed_ns"));
  const json::string& ended = line.at("ended").as_string();
  if (ended != "done" && ended != "aborted") throw std::invalid_argument("'ended' is neither done nor aborted");
  record.done = ended == "done";
  return record;
}

} // namespace

result<std::vector<truth_record>> read_truth(const std::filesystem::path& file) {
  std::ifstream input{file};
  if (!input) return error{errc::io, fmt::format("cannot read the truth file {}", file.string())};
  std::vector<truth_record> records;
  for (std::string line; std::getline(input, line);) {
    try {
      records.push_back(to_record(json::parse(line)));
    } catch (const std::exception& failure) {
      return invalid_input(
          fmt::format("{}:{} is not a truth record: {}", file.string(), records.size() + 1, failure.what()));
    }
  }
  return records;
}

truth_samples samples_of(const std::vector<truth_record>& records) {
  truth_samples samples;
  for (const truth_record& record : records) {
    if (!record.done || record.written.empty()) continue;
    samples.ttft.push_back(to_ms(record.written.front() - record.received));
    for (std::size_t i = 1; i < record.written.size(); ++i)
      samples.itl.push_back(to_ms(record.written[i] - record.written[i - 1]));
  }
  return samples;
}

} // namespace loadgen::serve
