#pragma once

#include <loadgen/metrics/record.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::metrics {

/// Appends `record` in the binary encoding of docs/records-format.md. Instants are stored as nanoseconds from `epoch`,
/// and must be within 36 years of it.
void encode_record(const request_record& record, instant epoch, std::string& out);

/// Appends the records that fill `payload` to `records`. False where the payload is anything but whole, well-formed
/// records: `records` is then as it was.
[[nodiscard]] bool decode_records(std::string_view payload, instant epoch, std::vector<request_record>& records);

} // namespace loadgen::metrics
