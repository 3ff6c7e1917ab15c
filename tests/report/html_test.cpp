// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orbitwalk {
namespace {

std::string drawn(const Page& page) {
  return page.html([](const std::string& name) { return "<svg>" + name + "</svg>"; });
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(Escaped, Markup) {
  EXPECT_EQ(escape_html(R"(<b a="1" c='2'>&amp;)"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
  EXPECT_EQ(escape_html("]]><!--"), "]]&gt;&lt;!--");
}

TEST(Escaped, WhatIsNoText) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(escape_html("tab\tline\n"), "tab\tline\n");
  EXPECT_EQ(escape_html(std::string("\0\x01\x1b\x7f\r", 5)), bad + bad + bad + bad + bad);
  EXPECT_EQ(escape_html("θ² – 𝄞"), "θ² – 𝄞");
  EXPECT_EQ(escape_html("\xff"), bad);
  EXPECT_EQ(escape_html("\xc0\xbc"), bad + bad) << "an overlong <";
  EXPECT_EQ(escape_html("\xe0\x80\xbc"), bad + bad + bad) << "an overlong <";
  EXPECT_EQ(escape_html("\xed\xa0\x80"), bad + bad + bad) << "half a surrogate pair";
  EXPECT_EQ(escape_html("\xef\xbf\xbf"), bad + bad + bad) << "U+FFFF, which XML may not hold";
  EXPECT_EQ(escape_html("\xe2\x82"), bad + bad) << "cut off";
  EXPECT_EQ(escape_html("\xe2<b>"), bad + "&lt;b&gt;") << "a broken sequence does not swallow what follows";
}

TEST(Numbers, AreTypeset) {
  for (const auto& [text, expected] : {std::pair("1.5023 ± 2.2e-03", "1.5023 ± 0.0022"),
                                       {"5.31e-03", "0.00531"},
                                       {"1.76e-01", "0.176"},
                                       {"1.0e-04", "0.00010"},
                                       {"1.3e-07", "1.3×10⁻⁷"},
                                       {"4.9e-87", "4.9×10⁻⁸⁷"},
                                       {"1e+05", "1×10⁵"},
                                       {"2.5e+00", "2.5"},
                                       {"12.5e-03", "12.5×10⁻³"},
                                       {"3e-02", "0.03"},
                                       {"-1.5e-03", "−0.0015"},
                                       {"-356.9", "−356.9"},
                                       {"1e", "1e"},
                                       {"1e-", "1e-"},
                                       {"", ""},
                                       {"nan", "nan"},
                                       {"1.5M", "1.5M"},
                                       {"1.5Mx", "1.5Mx"},
                                       {"+0.6", "+0.6"},
                                       {"656k", "656k"},
                                       {"-", "-"},
                                       {"fnv1a64:4e-5", "fnv1a64:4e-5"},
                                       {"-x", "-x"},
                                       {"1e-3 and more", "1e-3 and more"}}) {
    EXPECT_EQ(typeset_number(text), expected);
  }
  const std::string long_text(1'000'000, '1');
  EXPECT_EQ(typeset_number(long_text), long_text);
}

TEST(APage, EscapesEveryText) {
  const std::string evil = "</pre><script>alert('x')</script>\"'&";
  Page page(evil);
  page.heading(2, evil, evil);
  page.paragraph(evil, evil);
  page.facts({{evil, evil}});
  page.table(evil, {evil}, {{Cell(evil, evil, evil)}}, evil);
  page.code(evil);
  Chart chart;
  chart.name = chart.title = chart.caption = evil;
  page.figure(chart);
  const std::string html = drawn(page);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("alert('"), std::string::npos);
  EXPECT_EQ(html.find("\"'&\""), std::string::npos);
  EXPECT_EQ(count(html, "&lt;script&gt;"), 16u) << "all of them are there, as text";
}

TEST(APage, NamesItsChartsForFiles) {
  Page page("charts");
  const std::set<std::string> expected = {"density-r", "density-r-2", "density-r-3",
                                          "x",         "etc-passwd",  std::string(60, 'a')};
  for (const std::string name : {"density-r", "Density r", "density/r", "θ", "../../etc/passwd",
                                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    Chart chart;
    chart.name = name;
    page.figure(chart);
  }
  std::set<std::string> names;
  for (const Chart& chart : page.charts()) names.insert(chart.name);
  EXPECT_EQ(names, expected);
  const std::string html = drawn(page);
  for (const auto& name : names) EXPECT_EQ(count(html, "<svg>" + name + "</svg>"), 1u) << name;
}

TEST(APage, ContentsLinkToHeadings) {
  Page page("contents");
  const std::string later = page.reserve("Run");
  page.heading(2, "Run");
  page.heading(3, "Results");
  page.heading(2, "Run", {}, later);
  page.heading(3, "Results");
  page.heading(4, "Not listed");
  const std::string html = drawn(page);
  for (const std::string id : {"part-run", "part-run-2", "part-results", "part-results-2"}) {
    EXPECT_EQ(count(html, "id=\"" + id + "\""), 1u) << id;
    EXPECT_EQ(count(html, "href=\"#" + id + "\""), 1u) << id;
  }
  EXPECT_EQ(html.find("href=\"#part-not-listed"), std::string::npos);
  EXPECT_EQ(count(html, "<ul>"), count(html, "</ul>"));
  EXPECT_EQ(count(html, "<li>"), count(html, "</li>"));
}

TEST(APage, SetsColumnsOfNumbersToTheRight) {
  Page page("table");
  page.table("", {"name", "value", "mixed"}, {{"a", "1.5e-07", "1"}, {"b", "-", "no"}, {"c"}});
  const std::string html = drawn(page);
  EXPECT_NE(
      html.find("<th scope=\"col\">name</th><th scope=\"col\" class=\"n\">value</th><th scope=\"col\">mixed</th>"),
      std::string::npos)
      << html;
  EXPECT_NE(html.find("<td class=\"n\">1.5×10⁻⁷</td>"), std::string::npos);
  EXPECT_EQ(count(html, "<td"), 9u) << "short rows are filled";
}

}  // namespace
}  // namespace orbitwalk
