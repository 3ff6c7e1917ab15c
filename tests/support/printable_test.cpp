// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/printable.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace orbitwalk {
namespace {

const std::string bad = "\xEF\xBF\xBD";

TEST(Printable, KeepsTextAndReplacesWhatATerminalObeys) {
  for (const std::string text : {"plain, with\ta tab\nand a line", "größe · 1.5 ± 0.1 → │▉ 漢字 \xF0\x9F\x99\x82", ""})
    EXPECT_EQ(printable(text), text);
  const std::pair<std::string, std::string> cases[] = {
      {"\x1b]0;owned\x07\x1b[2J", bad + "]0;owned" + bad + bad + "[2J"},
      {"a\rb\bc\x7f", "a" + bad + "b" + bad + "c" + bad},
      {"\xC2\x9B"
       "2J",
       bad + "2J"},  // the one-character form of ESC [
      {"\x9B"
       "2J\xFF",
       bad + "2J" + bad},       // the same in Latin-1
      {"\xC0\x9B", bad + bad},  // no shortest form
      {"abc\xE2\x80\xAE"
       "fed",
       "abc" + bad + "fed"},    // right to left
      {"\xE2\x80", bad + bad},  // cut off
      {std::string("a\0b", 3), "a" + bad + "b"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(printable(text), expected);
  EXPECT_EQ(printable("\r\x1b[K\x1b[1;31mred\x1b[0m\x1b[2J\x1b[2K\x1b", true),
            "\r\x1b[K\x1b[1;31mred\x1b[0m" + bad + "[2J" + bad + "[2K" + bad);
}

TEST(Printable, AStreamIsCleanedHoweverItIsWritten) {
  std::ostringstream out;
  {
    PrintableStream guard(out);
    const std::string text = "ä\x1b[31m1\x1b]0;x\x07 → \xC2\x9B";
    out << text << '\x1b' << 12;
    for (const char c : text) out.put(c);
    out << "\xE2\x86";
  }
  out << "\x1b";
  const std::string clean = "ä" + bad + "[31m1" + bad + "]0;x" + bad + " → " + bad;
  EXPECT_EQ(out.str(), clean + bad + "12" + clean + bad + bad + "\x1b") << "and is as it was afterwards";
}

}  // namespace
}  // namespace orbitwalk
