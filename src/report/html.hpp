// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/chart.hpp"

// A page that is put together piece by piece. Every text goes in as text and is escaped here, once; nothing takes
// markup.
namespace orbitwalk {

/// Text for an element or attribute: < > & " ' as entities; what is not UTF-8, and control characters other than tab
/// and newline, as U+FFFD.
std::string escape_html(std::string_view text);

/// "1.3e-04" as "0.00013", "1.3e-07" as "1.3×10⁻⁷", and "-" as "−"; for numbers as printf writes them, other text
/// stays.
std::string typeset_number(const std::string& number);

struct Cell {
  std::string text;
  std::string kind;  ///< a class of page.css: "good", "bad", "open"; or empty
  std::string link;  ///< an id of this page, or empty
  Cell(std::string t, std::string k = {}, std::string l = {})
      : text(std::move(t)), kind(std::move(k)), link(std::move(l)) {}
  Cell(const char* t) : text(t) {}
};

class Page {
 public:
  /// Also the title of the file.
  explicit Page(std::string title) : title_(std::move(title)) {}

  /// An id for a heading that comes later, for links that stand before it.
  std::string reserve(const std::string& text);
  /// Level 2 to 5. Levels 2 and 3 are in the table of contents, by `short_text` where it is given. Its id is a reserved
  /// one, or new.
  void heading(int level, const std::string& text, const std::string& short_text = {},
               const std::string& reserved = {});
  void paragraph(const std::string& text, const std::string& kind = {});
  /// A term and what is said of it, line by line.
  void facts(const std::vector<std::pair<std::string, std::string>>& lines);
  /// Columns of numbers are set to the right; their exponents are typeset.
  void table(const std::string& caption, const std::vector<std::string>& header,
             const std::vector<std::vector<Cell>>& rows, const std::string& note = {});
  void code(const std::string& text);
  /// Gives the chart the file name under which it is drawn, and a place here.
  void figure(Chart chart);

  /// In their order; names are file names: a-z, 0-9 and "-", all different.
  const std::vector<Chart>& charts() const { return charts_; }
  /// The complete file. `drawing` gives the <svg> of a chart by its name.
  template <class Drawing>
  std::string html(const Drawing& drawing) const {
    std::string text = head();
    for (std::size_t i = 0; i < charts_.size(); ++i) text += pieces_[i] + drawing(charts_[i].name);
    return text + pieces_.back() + foot();
  }

 private:
  struct Entry {
    int level;
    std::string id, text;
  };
  std::string head() const;
  std::string foot() const;
  static std::string unused(const std::string& text, const std::vector<std::string>& names);

  std::string title_;
  std::vector<std::string> pieces_{""};  // what stands before each chart, and after the last
  std::vector<Chart> charts_;
  std::vector<Entry> entries_;
  std::vector<std::string> ids_, names_;
};

}  // namespace orbitwalk
