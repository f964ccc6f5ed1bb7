// The least a client can do: one epoll, recv, and a count of the bytes that end a stream. Nothing is decoded, stamped
// or recorded. What it costs is the floor that the library's cost is divided by.
//
//   floor_client PORT STREAMS REQUESTS TOKENS

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

// The last bytes of a response: the chunk with [DONE], and the chunk of length zero.
constexpr std::string_view stream_end = "0\r\n\r\n";

std::string request_of(unsigned tokens) {
  const std::string body = R"({"model":"reference","messages":[{"role":"user","content":"hello"}],"max_tokens":)" +
                           std::to_string(tokens) + R"(,"stream":true,"stream_options":{"include_usage":true}})";
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

int connect_to(unsigned short port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("floor_client: connect");
    std::exit(1);
  }
  return descriptor;
}

void ask(int descriptor, const std::string& request) {
  if (send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    std::exit(1);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  const int streams = std::atoi(argv[2]);
  const int requests = std::atoi(argv[3]);
  const std::string request = request_of(static_cast<unsigned>(std::atoi(argv[4])));
  rlimit files{16384, 16384};
  setrlimit(RLIMIT_NOFILE, &files);

  const int poll = epoll_create1(0);
  int issued = 0;
  int ended = 0;
  for (; issued < streams && issued < requests; ++issued) {
    const int descriptor = connect_to(port);
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLET;
    interest.data.fd = descriptor;
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &interest);
    ask(descriptor, request);
  }
  std::vector<char> buffer(64 * 1024);
  std::array<epoll_event, 256> events{};
  while (ended < requests) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
    if (ready <= 0) return 1;
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t n = recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n <= 0) return 1;
      if (!std::string_view{buffer.data(), static_cast<std::size_t>(n)}.ends_with(stream_end)) continue;
      ++ended;
      if (issued < requests) {
        ++issued;
        ask(descriptor, request);
      }
    }
  }
  return 0;
}
