#pragma once

#include "options.hpp"

#include <array>

namespace loadgen::cli {

/// How to reach one server, for commands that ask it something beside a run.
inline constexpr std::array server_rows{
    option_row{.name = "url",
               .placeholder = "URL",
               .help = "base URL of the server, http or https; a trailing /, /v1 or the full endpoint path mean the "
                       "same, any other path is a prefix"},
    option_row{.name = "model",
               .placeholder = "NAME",
               .help = "model to ask for",
               .fallback_note = "the first of GET /v1/models"},
    option_row{.name = "api-key-env",
               .placeholder = "NAME",
               .help = "environment variable with the API key, sent as Authorization: Bearer KEY"},
    option_row{.name = "api-key-file", .placeholder = "FILE", .help = "file with the API key"},
    option_row{.name = "header",
               .placeholder = "'K: V'",
               .help = "further header of every request; repeatable",
               .shape = value_shape::repeated},
    option_row{.name = "ca-file",
               .placeholder = "FILE",
               .help = "PEM certificates to trust for https instead of the system's",
               .fallback_note = "the system's"},
    option_row{.name = "insecure",
               .help = "https without looking at certificates",
               .fallback = "false",
               .shape = value_shape::toggle},
    option_row{.name = "extra-body",
               .placeholder = "JSON",
               .help = "object merged into every request's body; its keys win",
               .shape = value_shape::json},
};

} // namespace loadgen::cli
