#pragma once

#include <loadgen/publish/metric_family.hpp>

#include <string>

namespace loadgen::publish {

/// The Pushgateway's path for a group: "/metrics/job/loadgen/run_id/ID". Values that a path cannot carry as they are
/// stand there in base64 ("label@base64/..."), as the gateway asks for it.
[[nodiscard]] std::string grouping_path(const label_list& group);

} // namespace loadgen::publish
