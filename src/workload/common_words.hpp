#pragma once

#include <array>
#include <string_view>

namespace loadgen::workload {

/// Where every synthetic prompt begins: what a tokenizer makes of a text's first word, which has no space before it, is
/// then the same for all of them.
inline constexpr std::string_view anchor_word = "The";

/// What synthetic prompts are made of: words that most tokenizers know, with the space before them, as one token each.
/// ASCII letters alone, so that JSON takes each as it is. Never change one: the bytes of every seed would change.
inline constexpr std::array<std::string_view, 128> common_words{
    "able",  "about", "after",  "again",   "air",   "all",   "also",   "animal", "answer", "area",  "arm",   "art",
    "away",  "back",  "ball",   "base",    "bed",   "best",  "big",    "bird",   "black",  "blue",  "body",  "book",
    "both",  "box",   "boy",    "bring",   "build", "call",  "car",    "case",   "child",  "city",  "class", "cold",
    "color", "come",  "cost",   "country", "cut",   "dark",  "day",    "deep",   "door",   "down",  "draw",  "each",
    "early", "earth", "east",   "easy",    "even",  "eye",   "face",   "fact",   "family", "far",   "farm",  "fast",
    "field", "fine",  "fire",   "first",   "fish",  "five",  "food",   "foot",   "form",   "four",  "free",  "full",
    "game",  "girl",  "give",   "gold",    "good",  "great", "green",  "ground", "group",  "hand",  "hard",  "head",
    "heart", "help",  "high",   "home",    "horse", "hour",  "house",  "idea",   "island", "keep",  "kind",  "king",
    "land",  "large", "law",    "left",    "life",  "light", "line",   "long",   "love",   "map",   "mind",  "money",
    "moon",  "music", "name",   "night",   "north", "old",   "open",   "paper",  "people", "place", "plan",  "river",
    "road",  "room",  "school", "sea",     "song",  "story", "summer", "water",
};

} // namespace loadgen::workload
