#pragma once

#include <loadgen/base/endpoint.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace loadgen::protocol {

/// The pages that tell what a server speaks, in the order in which they are to be asked for: the first that tells decides.
[[nodiscard]] std::span<const std::string_view> endpoint_pages() noexcept;

/// The endpoint that a server's page tells of, where it tells of any. `body`: of a 2xx answer to GET `page`.
///
/// A list of models is OpenAI's, which every engine of today with such a list has chat completions beside; an engine's own
/// page names that engine; else the paths in a description of the API decide.
[[nodiscard]] std::optional<endpoint_kind> endpoint_told_by(std::string_view page, std::string_view body);

} // namespace loadgen::protocol
