#pragma once

#include "client/request_template.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"

#include <loadgen/engine/run.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace loadgen::engine {

/// One server as all workers see it.
struct server {
  net::address_list addresses;
  client::request_template form;
  std::shared_ptr<const net::tls_client_context> tls; ///< null: plain
  /// The form with a stand-in for the key, by which requests are hashed as they go out; unset where they are not.
  std::optional<client::request_template> shown_form{};
};

/// The addresses of one target: those it holds, else looked up now. Errors: unreachable.
[[nodiscard]] result<net::address_list> addresses_of(const target& where);

/// What TLS connections to `where` share, null for a plain server. Errors: invalid_input for the CA file.
[[nodiscard]] result<std::shared_ptr<const net::tls_client_context>> tls_of(const target& where,
                                                                            const client_settings& settings);

/// The headers of every request: the JSON body's, what its answer is asked for with, the end of the connection where
/// each has its own, the user's, and the key.
[[nodiscard]] client::header_list request_headers(const client_settings& settings, answer_form asked = {});

/// The request that each target of a run gets, but for its body. Errors: invalid_input for a header that HTTP cannot
/// carry.
[[nodiscard]] result<std::vector<client::request_template>> make_forms(const client_settings& settings,
                                                                       answer_form asked);

/// The same with a stand-in for the key: a hash of a known text and a secret would let the secret be guessed.
[[nodiscard]] result<std::vector<client::request_template>> make_shown_forms(const client_settings& settings,
                                                                             answer_form asked);

/// All targets of a run; `shown`: with their shown_form. Errors: unreachable where a name has no address, invalid_input
/// for a header that HTTP cannot carry and for the CA file.
[[nodiscard]] result<std::vector<server>> make_servers(const client_settings& settings, answer_form asked,
                                                       bool shown = false);

} // namespace loadgen::engine
