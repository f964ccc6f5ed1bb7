#pragma once

#include "net/kernel_stamp.hpp"
#include "net/read_buffers.hpp"
#include "net/tcp_figures.hpp"
#include "net/tls_session.hpp"

#include <loadgen/base/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace loadgen::net {

/// When the bytes of one read arrived, and how well that is known. With TLS, of the read whose ciphertext completed
/// them.
struct arrival {
  instant at; ///< the kernel's receive stamp; where it gave none, when the read returned
  bool kernel_stamped = true;
  bool behind = false; ///< the worker had not slept since its previous harvest, or was not run when it was due
  instant sent{};      ///< just before the first byte of the exchange's request was written
};

/// Takes what a connection receives during one exchange. Called by the receive loop's thread, under the connection's
/// lock; must not call the connection.
class stream_sink {
public:
  /// What the sink wants after some bytes.
  enum class appetite : std::uint8_t {
    more,
    satisfied, ///< the exchange is over: no further bytes belong to it
  };

  /// All that one read brought, in one call.
  virtual appetite on_bytes(std::string_view bytes, const arrival& when) = 0;

protected:
  ~stream_sink() = default;
};

/// How an exchange on a connection ended.
enum class exchange_end : std::uint8_t {
  satisfied,   ///< the sink had all it wanted
  closed,      ///< the peer closed its side in an orderly way
  broken,      ///< the connection failed while receiving; `failure` says how
  send_failed, ///< the connection failed while the request was being written
  stale,       ///< the connection was found closed before the first byte was written: nothing was sent
  cancelled,   ///< by cancel()
};

struct exchange_result {
  exchange_end end = exchange_end::satisfied;
  boost::system::error_code failure;
  instant sent; ///< just before the first byte was written, encrypted before where it is; without meaning when stale
  duration send_time{}; ///< from `sent` until the system call that took the first byte had returned; zero: none did
  instant ended;        ///< when the receive loop saw the end
  std::uint64_t bytes_sent = 0; ///< of the request as given; with TLS all of it once the last one is out, and else 0
};

/// Whoever waits for an exchange to end. (asio::any_completion_handler of Boost 1.81 recurses without end when it is
/// moved into another handler.)
class exchange_waiter {
public:
  virtual ~exchange_waiter() = default;

  /// Resumes it through `executor`, and is done with.
  virtual void resume(const boost::asio::any_io_executor& executor, const exchange_result& result) = 0;
};

/// One established TCP connection, with or without TLS on it, whose bytes are received by a receive_loop and whose
/// requests are written by the worker's own thread. Between exchanges it notices when the peer closes or speaks out of
/// turn.
///
/// Thread-safety: all members may be called from the worker's thread while the receive loop's thread delivers.
/// Lifetime: held by shared_ptr; the loop holds one until it can no longer have an event of it in hand.
class connection {
public:
  /// Takes over a connected, non-blocking socket, and where it is a TLS connection its open session. `executor` is the
  /// worker's: completions run there.
  connection(int socket, bool kernel_stamps, boost::asio::any_io_executor executor,
             std::unique_ptr<tls_session> tls = nullptr);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  /// Writes `request` and delivers what comes back to `sink` until the exchange ends, however it ends. One exchange at
  /// a time. `request` and `sink` must live until completion; the completion handler is called through the executor.
  template<class CompletionToken>
  auto async_exchange(std::string_view request, stream_sink& sink, CompletionToken&& token) {
    auto initiate = [this](auto handler, std::string_view bytes, stream_sink* receiver) {
      start(bytes, *receiver, std::make_unique<waiter_of<decltype(handler)>>(std::move(handler)));
    };
    return boost::asio::async_initiate<CompletionToken, void(exchange_result)>(std::move(initiate), token, request,
                                                                               &sink);
  }

  /// Ends the exchange under way, if there is one, with exchange_end::cancelled.
  void cancel();

  /// Whether the peer has left the connection usable: neither closed nor spoken between exchanges. What TLS says for
  /// itself, such as session tickets, is not the peer's speaking.
  [[nodiscard]] bool usable() const;

  /// When the last bytes went either way: what a stall is measured from. Any thread.
  [[nodiscard]] instant last_activity() const noexcept;

  /// Closes the socket. An exchange under way ends as cancelled.
  void close();

  /// What TCP knows of it; nothing once it is closed.
  [[nodiscard]] std::optional<tcp_figures> tcp() const;

  [[nodiscard]] int native_handle() const noexcept { return socket_; }

  /// The receive loop's entry: the socket has news. `scratch` is the loop's. Reads from `behind_from` on are marked as
  /// behind.
  void on_ready(std::uint32_t events, read_buffers& scratch, instant behind_from);

private:
  using guard = std::unique_lock<std::mutex>;

  template<class Handler>
  class waiter_of final : public exchange_waiter {
  public:
    explicit waiter_of(Handler handler) : handler_(std::move(handler)) {}

    void resume(const boost::asio::any_io_executor& executor, const exchange_result& result) override {
      boost::asio::post(executor, [handler = std::move(handler_), result]() mutable { std::move(handler)(result); });
    }

  private:
    Handler handler_;
  };

  void start(std::string_view request, stream_sink& sink, std::unique_ptr<exchange_waiter> waiter);
  void write_pending(guard& lock);

  [[nodiscard]] std::string_view outgoing() const noexcept { return tls_ ? tls_->output() : unsent_; }

  void consume_outgoing(std::size_t size);
  void read_available(std::uint32_t events, read_buffers& scratch, instant behind_from, guard& lock);
  [[nodiscard]] arrival arrival_of(const stamped_read& read, instant behind_from);
  [[nodiscard]] std::string_view decrypt(std::string_view ciphertext, std::span<char> plaintext);
  void send_output() noexcept;
  [[nodiscard]] bool take(std::string_view bytes, const arrival& when, guard& lock);
  void finish(guard& lock, exchange_end end, boost::system::error_code failure = {});
  [[nodiscard]] bool at_rest();

  mutable std::mutex mutex_;
  int socket_;
  const bool kernel_stamps_;
  bool usable_ = true;
  const boost::asio::any_io_executor executor_;
  const std::unique_ptr<tls_session> tls_; // null on a plain connection

  stream_sink* sink_ = nullptr; // set while an exchange is under way
  std::unique_ptr<exchange_waiter> waiter_;
  std::string_view unsent_; // of the request; with TLS all of it until what it was sealed to is out
  exchange_result result_;
  std::atomic<instant::rep> last_activity_{0};
};

} // namespace loadgen::net
