#include "recording/exchange_recorder.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace loadgen::recording {
namespace {

using test::temporary_folder;

} // namespace
} // namespace loadgen::recording
