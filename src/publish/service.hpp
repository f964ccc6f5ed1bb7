#pragma once

#include "client/http_service.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/publish/service.hpp>

namespace loadgen::publish {

/// The service that `from` describes; nobody is spoken to yet. Errors: invalid_input.
[[nodiscard]] result<client::http_service> make_service(const service_settings& from, const client::url_advice& advice,
                                                        duration answer_limit);

/// What a server said that did not do what it was asked: its status and its first words.
[[nodiscard]] error refusal(const client::http_reply& reply);

} // namespace loadgen::publish
