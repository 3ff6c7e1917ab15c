// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/terminal.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Sets an environment variable for the life of the object.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old, was_set_ = true;
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Environment() { was_set_ ? ::setenv(name_, old_.c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::string old_;
  bool was_set_ = false;
};

TEST(Terminal, StreamsAndLocale) {
  std::ostringstream text;
  EXPECT_FALSE(is_terminal(text));
  EXPECT_FALSE(use_colour(text));
  EXPECT_EQ(terminal_width(text), 80u);
  const Environment all("LC_ALL", ""), type("LC_CTYPE", nullptr);
  {
    const Environment lang("LANG", "de_DE.UTF-8");
    EXPECT_TRUE(utf8_locale());
    const Environment stronger("LC_ALL", "C");
    EXPECT_FALSE(utf8_locale());
  }
  const Environment lang("LANG", nullptr);
  EXPECT_FALSE(utf8_locale());
}

TEST(Terminal, Width) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("λ²│█"), 4u);
  EXPECT_EQ(display_width("e\xcc\x81"), 1u);  // e and a combining acute
  EXPECT_EQ(display_width("測試"), 4u);
  EXPECT_EQ(display_width("\xff\xc3"), 2u);
}

TEST(Terminal, Numbers) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(999.4), "999");
  EXPECT_EQ(short_number(999.6), "1k");
  EXPECT_EQ(short_number(1234), "1.23k");
  EXPECT_EQ(short_number(4.5e9), "4.5G");
  EXPECT_EQ(short_number(NAN), "-");
  EXPECT_EQ(short_duration(7), "0:07");
  EXPECT_EQ(short_duration(754), "12:34");
  EXPECT_EQ(short_duration(3723), "1:02:03");
  EXPECT_EQ(short_duration(86400 * 3 + 4 * 3600 + 306), "3d 4:05:06");
  EXPECT_EQ(short_duration(NAN), "--:--");
}

TEST(Progress, Line) {
  std::ostringstream out;
  const ProgressBar bar(1000, out, ProgressStyle::redrawn, "steps", 500);
  EXPECT_EQ(bar.line(750, 10), " 75.0%  25 steps/s  0:10 elapsed  0:10 left");
  EXPECT_EQ(bar.line(500, 10), " 50.0%  0 steps/s  0:10 elapsed  --:-- left");
  EXPECT_EQ(bar.line(999, 10).substr(0, 6), " 99.9%");
  EXPECT_EQ(bar.line(5000, 10), "100.0%  50 steps/s  0:10 elapsed  0:00 left");
}

TEST(Progress, DrawsRarelyAndClears) {
  std::ostringstream out;
  {
    ProgressBar bar(400'000, out, ProgressStyle::redrawn);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&bar, t] {
        for (int i = 0; i < 20'000; ++i) bar.update(static_cast<std::uint64_t>(4 * i + t));
      });
    for (std::thread& thread : threads) thread.join();
    bar.finish();
    bar.update(400'000);
  }
  const std::string text = out.str();
  EXPECT_EQ(text[0], '\r');
  EXPECT_EQ(text.substr(text.size() - 4), "\r\x1b[K");
  EXPECT_LT(std::count(text.begin(), text.end(), '\r'), 30) << "at most 5 a second";
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 0);
}

TEST(Progress, DisabledWritesNothing) {
  std::ostringstream out;
  { ProgressBar(10, out, ProgressStyle::none).update(5); }
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, LogHasWholeLinesAfterEachInterval) {
  using namespace std::chrono_literals;
  std::ostringstream soon, late;
  {
    ProgressBar bar(100, soon, ProgressStyle::log, "steps", 0, 1ms),
        other(100, late, ProgressStyle::log, "steps", 0, 1h);
    for (int i = 1; i <= 3; ++i) {
      std::this_thread::sleep_for(2ms);
      bar.update(static_cast<std::uint64_t>(10 * i));
      other.update(static_cast<std::uint64_t>(10 * i));
    }
  }
  const auto lines = lines_of(soon.str());
  ASSERT_EQ(lines.size(), 3u) << soon.str();
  EXPECT_EQ(lines[2].substr(0, 6), " 30.0%");
  EXPECT_NE(lines[2].find(" left"), std::string::npos);
  EXPECT_EQ(soon.str().find_first_of("\r\x1b"), std::string::npos) << "a log has no control characters";
  EXPECT_EQ(late.str(), "") << "nothing of what takes less than an interval";
  EXPECT_EQ(progress_style(soon, false), ProgressStyle::log);
  EXPECT_EQ(progress_style(soon, true), ProgressStyle::none);
}

TEST(Wrapped, BreaksBetweenWords) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(wrapped("λλλ λλλ λ", 7), "λλλ λλλ\nλ\n") << "columns, not bytes";
  EXPECT_EQ(wrapped("incomprehensible or not", 6), "incomprehensible\nor not\n");
  EXPECT_EQ(wrapped("", 10), "\n");
}

TEST(Table, Aligns) {
  EXPECT_EQ(format_table({"law", "mean", "verdict"},
                         {{"projected", "1.5", "ok"}, {"λ", "-10.25", "rejected"}, {"none", "-"}}, false),
            "law          mean  verdict\n"
            "---------  ------  --------\n"
            "projected     1.5  ok\n"
            "λ          -10.25  rejected\n"
            "none            -\n");
  EXPECT_EQ(format_table({"a"}, {}, true), "a\n─\n");
}

TEST(Plot, BarsAndMarks) {
  const PlotStyle ascii{false, false, 45, 24};
  const auto lines = lines_of(density_bars({0, 1, 2, 3}, {0.25, 0.5, 0.25}, {{"flat", {0.5, 0.5, NAN}}}, ascii));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(std::count(lines[0].begin(), lines[0].end(), '#'), 21);  // half of 41 columns, rounded up
  EXPECT_EQ(lines[0].size(), 3u + 41u + 1u);
  EXPECT_EQ(lines[0].back(), 'o');
  EXPECT_EQ(lines[1].back(), 'o');
  EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), '#'), 41);
  EXPECT_EQ(lines[2].find('o'), std::string::npos) << "no mark where the law has no density";
  EXPECT_NE(lines[3].find("o flat"), std::string::npos);
}

TEST(Plot, MergesBinsAndKeepsMass) {
  std::vector<double> edges, density;
  for (int i = 0; i <= 100; ++i) edges.push_back(i);
  for (int i = 0; i < 100; ++i) density.push_back(i == 50 ? 1.0 : 0.0);
  const std::string text = density_bars(edges, density, {}, {false, false, 60, 10});
  EXPECT_EQ(lines_of(text).size(), 11u);
  EXPECT_NE(text.find("density up to 0.1;"), std::string::npos) << text;
}

TEST(Plot, UnicodeColourAndOddInput) {
  const std::vector<LawCurve> two{{"a", {1, 1}}, {"b", {1, 0.5}}};
  const std::string text = density_bars({0, 1, 2}, {1, 0.3}, two, {true, true, 50, 10});
  EXPECT_NE(text.find("█"), std::string::npos);
  EXPECT_NE(text.find("\x1b[31m●\x1b[0m a"), std::string::npos);
  EXPECT_NE(text.find("*"), std::string::npos) << "both laws on one place";
  const std::string plain = density_bars({0, 1, 2}, {1, 0.3}, two, {true, false, 50, 10});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  for (const std::string& line : lines_of(density_bars({0, 1, 2}, {1, 0.3}, {{"a", {1, 1}}}, {true, false, 60, 10})))
    EXPECT_LE(display_width(line), 60u) << line;
  // Nothing at all, and nothing but NaN, are drawn as empty bars.
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(lines_of(density_bars({0, 1, 2}, {0, 0}, {{"a", {nan, nan}}}, {false, false, 1, 1})).size(), 2u);
  EXPECT_EQ(lines_of(density_bars({0, 1, 2}, {nan, nan}, {}, {false, false, 50, 9})).size(), 3u);
  EXPECT_THROW(density_bars({0, 1}, {1, 1}, {}, {}), std::invalid_argument);
  EXPECT_THROW(density_bars({0, 1}, {1}, {{"a", {}}}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace orbitwalk
