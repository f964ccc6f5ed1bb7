#pragma once

#include "net/read_buffers.hpp"
#include "net/tls_context.hpp"
#include "serve/answer.hpp"
#include "serve/listener.hpp"
#include "serve/pages.hpp"
#include "serve/poller.hpp"
#include "serve/request_reader.hpp"
#include "serve/session_table.hpp"
#include "serve/truth_file.hpp"

#include <loadgen/serve/reference_server.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

namespace loadgen::serve {

/// The loop of the reference server: connections come in, requests take slots, tokens go out when they are due.
///
/// Thread-safety: stop() from any thread or signal handler; all else from one thread.
class server {
public:
  /// `settings` are valid. Errors: as of reference_server::create().
  [[nodiscard]] static result<std::unique_ptr<server>> create(server_settings settings);

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }

  [[nodiscard]] result<void> run();

  void stop() noexcept { poller_.wake(); }

private:
  struct due_write {
    instant due;
    session_key who;

    // std::priority_queue has its greatest on top.
    [[nodiscard]] bool operator<(const due_write& other) const noexcept { return due > other.due; }
  };

  /// What a server is made of that may be impossible to have.
  struct parts {
    listener listening;
    poller polling;
    std::optional<net::tls_server_context> tls;
    std::optional<truth_file> truth, transcript;
  };

  server(server_settings settings, parts made);

  void accept_waiting();
  void sweep();
  void write_due(instant now);
  void on_event(const epoll_event& event);
  [[nodiscard]] std::optional<instant> next_due() const;

  // Reading: bytes become requests, one at a time on each connection.
  void read(session& from, bool to_the_end);
  void take(session& from, received_bytes received);
  void take_pending(session& from);
  void handle(session& from);
  void handle_completion(session& from, answer_form form);
  void respond(session& to, std::string_view bytes, bool keep_alive);

  // Serving: requests wait for slots, and answers are written.
  void admit(session& next, instant when);
  void admit_waiting(instant now);
  void write_next(session& to);
  void resume(session& to);
  void complete(session& of);
  void release_slot(instant now);

  void end_connection(session& of);
  void drop(session& of);
  void abort_answer(session& of);
  void add_truth(const answer& of, bool done);
  void flush_files();

  const server_settings settings_;
  listener listener_;
  poller poller_;
  std::optional<net::tls_server_context> tls_; // unset: plain
  std::optional<truth_file> truth_, transcript_;
  session_table sessions_;
  std::priority_queue<due_write> due_;
  std::deque<session_key> waiting_; // may hold requests whose clients have gone
  server_counters counters_;
  std::uint64_t next_id_ = 0;
  bool accept_paused_ = false; // out of descriptors: goes on when a connection is closed
  net::read_buffers scratch_{};
};

} // namespace loadgen::serve
