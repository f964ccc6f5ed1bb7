#include "guarded.hpp"

#include <algorithm>

namespace loadgen_parquet_plugin {

void tell(std::string_view why, char* error, std::size_t error_size) noexcept {
  if (error_size == 0) return;
  const std::size_t size = std::min(why.size(), error_size - 1);
  std::replace_copy(why.begin(), why.begin() + static_cast<std::ptrdiff_t>(size), error, '\n', ' ');
  error[size] = '\0';
}

} // namespace loadgen_parquet_plugin
