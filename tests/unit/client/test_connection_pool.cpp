#include "client/connection_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::client {
namespace {

using namespace std::chrono_literals;

class connection_pool_test : public testing::Test {
protected:
  // A connection with a peer that keeps still.
  pooled_connection make(http::keep_alive_limits limits = {}, std::uint32_t served = 1) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    peers_.push_back(ends[1]);
    return {std::make_shared<net::connection>(ends[0], false, context_.get_executor()), served, limits, {}};
  }

  ~connection_pool_test() override {
    for (const int peer : peers_) close(peer);
  }

  boost::asio::io_context context_{1};
  net::receive_loop loop_;
  connection_pool pool_{loop_};
  std::vector<int> peers_;
  const instant start_{100s};
};

TEST_F(connection_pool_test, is_empty_at_first) {
  EXPECT_FALSE(pool_.take(start_).link);
}

TEST_F(connection_pool_test, gives_the_one_used_last) {
  const pooled_connection first = make();
  const pooled_connection second = make();
  pool_.give_back(first, start_);
  pool_.give_back(second, start_ + 1ms);
  EXPECT_EQ(pool_.take(start_ + 2ms).link, second.link);
  EXPECT_EQ(pool_.take(start_ + 2ms).link, first.link);
}

TEST_F(connection_pool_test, retires_what_was_idle_for_four_seconds) {
  const pooled_connection old = make();
  pool_.give_back(old, start_);
  EXPECT_TRUE(old.link->usable());
  EXPECT_FALSE(pool_.take(start_ + 4s).link);
  EXPECT_FALSE(old.link->usable());
  pool_.give_back(make(), start_);
  EXPECT_TRUE(pool_.take(start_ + 3999ms).link);
}

TEST_F(connection_pool_test, keeps_below_the_idle_time_the_server_named) {
  pool_.give_back(make({std::chrono::seconds{2}, std::nullopt}), start_);
  EXPECT_FALSE(pool_.take(start_ + 1600ms).link);
  pool_.give_back(make({std::chrono::seconds{2}, std::nullopt}), start_);
  EXPECT_TRUE(pool_.take(start_ + 1599ms).link);
}

TEST_F(connection_pool_test, retires_what_has_carried_all_the_requests_the_server_allows) {
  const pooled_connection used_up = make({std::nullopt, 100}, 100);
  pool_.give_back(used_up, start_);
  EXPECT_FALSE(pool_.take(start_).link);
  EXPECT_FALSE(used_up.link->usable());
  pool_.give_back(make({std::nullopt, 100}, 99), start_);
  EXPECT_TRUE(pool_.take(start_).link);
}

TEST_F(connection_pool_test, keeps_nothing_for_a_server_that_closes_behind_its_responses) {
  EXPECT_EQ(pool_.seen(), keeping::unknown);
  pool_.note(keeping::closed);
  const pooled_connection used = make();
  pool_.give_back(used, start_);
  EXPECT_FALSE(used.link->usable());
}

TEST_F(connection_pool_test, a_server_that_has_kept_one_is_not_taken_for_one_that_closes) {
  pool_.note(keeping::kept);
  pool_.note(keeping::closed);
  EXPECT_EQ(pool_.seen(), keeping::kept);
}

TEST_F(connection_pool_test, retires_what_the_peer_has_closed) {
  pooled_connection closed = make();
  closed.link->close();
  pool_.give_back(closed, start_);
  EXPECT_FALSE(pool_.take(start_).link);
}

} // namespace
} // namespace loadgen::client
