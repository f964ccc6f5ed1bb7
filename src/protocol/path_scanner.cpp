#include "protocol/path_scanner.hpp"

#include "protocol/json_scan.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace loadgen::protocol {

namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t most_collected = 64;
constexpr std::string_view any_key = "*";
constexpr std::size_t no_node = std::numeric_limits<std::size_t>::max();
constexpr std::size_t root_node = 0;

/// One key on the way of some path. Few of them: looked for one after the other.
struct node {
  std::string key;
  std::size_t parent = no_node;
  std::optional<std::size_t> path; ///< which one ends here
  bool collects = false;           ///< the numbers among the members of the object here
};

/// Boost.JSON's handler. It stands in the deepest object that some path leads through; what is deeper is only counted.
class path_handler : public scan_handler {
public:
  std::vector<found_value> found;
  std::vector<std::pair<std::string, double>> collected;

  void add_path(std::string_view path) {
    std::size_t at = root_node;
    bool collects = false;
    while (!path.empty()) {
      const std::string_view key = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(key.size() + 1, path.size()));
      collects = key == any_key;
      if (!collects) at = child_or_new(at, key);
    }
    if (collects)
      nodes_[at].collects = true;
    else
      nodes_[at].path = found.size();
    found.emplace_back();
  }

  void begin() {
    for (std::size_t path = 0; path < found.size(); ++path) forget(path);
    collected.clear();
    here_ = no_node;
    value_ = root_node;
    named_ = false;
    skipped_depth_ = 0;
    key_text_.clear();
  }

  bool on_object_begin(error_code&) {
    if (skipped_depth_ != 0 || value_ == no_node) return skip();
    note(found_value::kind::object);
    here_ = value_;
    value_ = no_node;
    return true;
  }

  bool on_object_end(std::size_t, error_code&) {
    if (skipped_depth_ != 0) return unskip();
    value_ = no_node;
    here_ = nodes_[here_].parent;
    return true;
  }

  bool on_array_begin(error_code&) {
    if (skipped_depth_ == 0 && value_ != no_node) note(found_value::kind::array);
    return skip();
  }

  bool on_array_end(std::size_t, error_code&) { return unskip(); }

  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    if (skipped_depth_ == 0) key_text_.append(part.data(), part.size());
    return true;
  }

  bool on_key(json::string_view last_part, std::size_t, error_code&) {
    if (skipped_depth_ != 0) return true;
    key_text_.append(last_part.data(), last_part.size());
    value_ = child(here_, key_text_);
    named_ = value_ == no_node && nodes_[here_].collects;
    if (named_) {
      name_ = key_text_;
      std::erase_if(collected, [this](const auto& one) { return one.first == name_; });
    } else if (value_ != no_node) {
      forget_below(value_);
    }
    key_text_.clear();
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    if (found_value* const wanted = target()) wanted->text.append(part.data(), part.size());
    return true;
  }

  bool on_string(json::string_view last_part, std::size_t, error_code&) {
    if (found_value* const wanted = target()) {
      wanted->is = found_value::kind::text;
      wanted->text.append(last_part.data(), last_part.size());
    }
    return true;
  }

  bool on_int64(std::int64_t value, json::string_view, error_code&) { return on_number(static_cast<double>(value)); }

  bool on_uint64(std::uint64_t value, json::string_view, error_code&) { return on_number(static_cast<double>(value)); }

  bool on_double(double value, json::string_view, error_code&) { return on_number(value); }

  bool on_bool(bool value, error_code&) {
    if (found_value* const wanted = target()) {
      wanted->is = found_value::kind::boolean;
      wanted->truth = value;
    }
    return true;
  }

  bool on_null(error_code&) {
    note(found_value::kind::null);
    return true;
  }

private:
  std::size_t child(std::size_t of, std::string_view key) const {
    for (std::size_t i = 1; i < nodes_.size(); ++i)
      if (nodes_[i].parent == of && nodes_[i].key == key) return i;
    return no_node;
  }

  std::size_t child_or_new(std::size_t of, std::string_view key) {
    const std::size_t there = child(of, key);
    if (there != no_node) return there;
    nodes_.push_back({std::string{key}, of, std::nullopt, false});
    return nodes_.size() - 1;
  }

  /// Where the value that comes belongs; null where no path ends.
  found_value* target() {
    if (skipped_depth_ != 0 || value_ == no_node || !nodes_[value_].path) return nullptr;
    return &found[*nodes_[value_].path];
  }

  void note(found_value::kind is) {
    if (found_value* const wanted = target()) wanted->is = is;
  }

  bool on_number(double value) {
    if (found_value* const wanted = target()) {
      wanted->is = found_value::kind::number;
      wanted->number = value;
    } else if (skipped_depth_ == 0 && named_ && collected.size() < most_collected) {
      collected.emplace_back(name_, value);
    }
    return true;
  }

  bool skip() {
    ++skipped_depth_;
    return true;
  }

  bool unskip() {
    if (--skipped_depth_ == 0) value_ = no_node;
    return true;
  }

  void forget(std::size_t path) {
    found[path].is = found_value::kind::absent;
    found[path].text.clear();
  }

  void forget_below(std::size_t top) {
    for (std::size_t i = top; i < nodes_.size(); ++i) // a node stands behind its parent
      if (nodes_[i].path && is_within(i, top)) forget(*nodes_[i].path);
    if (nodes_[top].collects) collected.clear();
  }

  bool is_within(std::size_t inner, std::size_t outer) const {
    while (inner != outer && inner != no_node) inner = nodes_[inner].parent;
    return inner == outer;
  }

  std::vector<node> nodes_{node{}};
  std::size_t here_ = no_node;    // the object whose keys come
  std::size_t value_ = root_node; // what the value that comes is; no_node: nothing that is looked for
  bool named_ = false;            // the value that comes is collected, as name_, where it is a number
  std::size_t skipped_depth_ = 0; // how many objects and arrays deep in what is not looked into
  std::string key_text_;          // of a key that comes in parts
  std::string name_;
};

} // namespace

bool found_value::is_truthy() const noexcept {
  switch (is) {
  case kind::absent:
  case kind::null: return false;
  case kind::boolean: return truth;
  case kind::number: return number != 0;
  case kind::text: return !text.empty();
  case kind::object:
  case kind::array: return true;
  }
  return false;
}

std::optional<std::uint32_t> found_value::count() const noexcept {
  return is == kind::number ? count_of(number) : std::nullopt;
}

struct path_scanner::sax {
  json::basic_parser<path_handler> parser{json::parse_options{}};
};

path_scanner::path_scanner(std::span<const std::string_view> paths) : sax_(std::make_unique<sax>()) {
  for (const std::string_view path : paths) sax_->parser.handler().add_path(path);
}

path_scanner::~path_scanner() = default;

error_code path_scanner::scan(std::string_view text) {
  return protocol::scan(sax_->parser, text);
}

const found_value& path_scanner::at(std::size_t path) const {
  return sax_->parser.handler().found[path];
}

std::vector<std::pair<std::string, double>>& path_scanner::collected() noexcept {
  return sax_->parser.handler().collected;
}

} // namespace loadgen::protocol
