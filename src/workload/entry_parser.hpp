#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace loadgen::workload {

/// Which member of an object, or which column, stands for which part of an entry.
class entry_fields {
public:
  using names = std::map<std::string, std::string, std::less<>>;

  explicit entry_fields(names chosen = {}) : chosen_(std::move(chosen)) {}

  /// The file's name of "prompt", "messages", "max_tokens", "category" or "id".
  [[nodiscard]] std::string_view of(std::string_view part) const;

  /// Whether it was chosen, and is not just of that name.
  [[nodiscard]] bool is_chosen(std::string_view part) const { return chosen_.contains(part); }

private:
  names chosen_;
};

/// The dataset entry that a JSON object describes; its `line` is left to the caller.
/// Errors: invalid_input as `what; expected what`, without a place.
[[nodiscard]] result<dataset_entry> entry_from_object(const boost::json::value& value, const entry_fields& fields);

/// The same, where a string stands for an object with just that prompt.
[[nodiscard]] result<dataset_entry> entry_from_object_or_string(const boost::json::value& value,
                                                                const entry_fields& fields);

/// The member of that name, or what `a.b` leads to: b of a, the element of that number where a is an array. Null where
/// there is none.
[[nodiscard]] const boost::json::value* find_field(const boost::json::value& in, std::string_view path);

/// A string as it is, numbers and booleans as JSON has them, and of anything else nothing.
[[nodiscard]] std::string text_of_scalar(const boost::json::value* value);

/// How to speak of a value in an error: "null", "a string", "12"; "missing" for none.
[[nodiscard]] std::string describe(const boost::json::value* value);

/// The messages as compact JSON. Errors: what a chat server would not take, with `name` for the array.
[[nodiscard]] result<std::string> messages_from(const boost::json::value& value, std::string_view name);

/// An output budget. Errors: with `name` for it.
[[nodiscard]] result<std::uint32_t> budget_from(const boost::json::value& value, std::string_view name);

} // namespace loadgen::workload
