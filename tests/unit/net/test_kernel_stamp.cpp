#include "net/kernel_stamp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::net {
namespace {

using namespace std::chrono_literals;

TEST(kernel_stamp, is_moved_to_the_monotonic_clock_by_its_age) {
  clock_pair now;
  now.mono = instant{1000s};
  now.real = {1'700'000'000, 500'000'000};
  EXPECT_EQ(to_monotonic({1'700'000'000, 200'000'000}, now), instant{999'700ms});
  EXPECT_EQ(to_monotonic({1'699'999'998, 900'000'000}, now), instant{998'400ms});
}

TEST(kernel_stamp, a_step_of_the_wall_clock_between_two_reads_moves_nothing) {
  clock_pair before{instant{10s}, {500, 0}};
  clock_pair after{instant{11s}, {4101, 0}}; // an hour was put forward in between
  EXPECT_EQ(to_monotonic({499, 900'000'000}, before), instant{9900ms});
  EXPECT_EQ(to_monotonic({4100, 900'000'000}, after), instant{10'900ms});
}

TEST(kernel_stamp, from_the_future_counts_as_just_arrived) {
  const clock_pair now{instant{10s}, {500, 0}};
  EXPECT_EQ(to_monotonic({501, 0}, now), now.mono);
}

TEST(kernel_stamp, both_clocks_are_read_together) {
  const instant before = clock::now();
  const clock_pair pair = clock_pair::now();
  const instant after = clock::now();
  EXPECT_GE(pair.mono, before);
  EXPECT_LE(pair.mono, after);
}

// A datagram is stamped when the kernel takes it in, however late it is read.
TEST(kernel_stamp, tells_the_arrival_and_not_the_read) {
  const int receiver = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(receiver, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ASSERT_TRUE(enable_receive_stamps(receiver));
  const int sender = socket(AF_INET, SOCK_DGRAM, 0);
  // The kernel begins to stamp a moment after the first socket asks for it; datagrams are sent until one is stamped.
  for (int i = 0; i < 1000; ++i) {
    const instant sent = clock::now();
    ASSERT_EQ(sendto(sender, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), size), 1);
    const instant arrived_by = clock::now(); // on loopback, sending delivers
    std::array<char, 16> buffer{};
    usleep(2000);
    const stamped_read read = read_stamped(receiver, buffer);
    ASSERT_EQ(read.bytes, 1);
    if (!read.stamp) continue;
    const instant arrival = to_monotonic(*read.stamp, clock_pair::now());
    EXPECT_GT(arrival, sent - 100us);         // the two clocks are not read in the same instant
    if (arrival > arrived_by + 1ms) continue; // until the kernel has begun, a datagram is stamped when it is read
    close(sender);
    close(receiver);
    return;
  }
  FAIL() << "this kernel stamps nothing";
}

} // namespace
} // namespace loadgen::net
