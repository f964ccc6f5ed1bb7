#include "base/sha256.hpp"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

TEST(sha256, gives_the_digests_of_fips_180_4) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(sha256, pieces_give_the_digest_of_the_whole) {
  sha256 pieces;
  pieces.update("a");
  pieces.update("");
  pieces.update("bc");
  EXPECT_EQ(pieces.hex_digest(), sha256_hex("abc"));
}

} // namespace
} // namespace loadgen
