// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
//
// Twelve samples as spreadsheets, R, pandas, MATLAB and Fortran write them (tests/cases/reading): every file gives the
// same numbers, or is refused with the key that says how to read it, and gives them then.
#include "data/data_file.hpp"
#include "spec/spec.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using testing::message_of;
using Names = std::vector<std::string>;

struct Case {
  const char* file;
  Names names;          // of the columns in the end; none without a header
  const char* refusal;  // part of the message without the options; "": read as it is
  const char* options;  // TOML that answers the refusal
  const char* target = "'y'";
};

const Names abcy = {"a", "b", "c", "y"};

const Case cases[] = {
    {"excel_eu.csv", abcy, "say [data] decimal = \",\"", "decimal = ','"},
    {"excel_eu_nohdr.csv", {}, "say [data] decimal = \",\"", "decimal = ','", "3"},
    {"excel_sep.csv", abcy, "", ""},
    {"excel_utf16.csv", abcy, "", ""},
    {"fortran.txt", {}, "", "", "3"},
    {"hash_header.csv", {"id #", "b", "c", "y"}, "", ""},
    {"hdr_two.csv", abcy, "if line 1 is a title, say [data] skip = 1", "skip = 1"},
    {"integer_header.csv",
     {"0", "1", "2", "3"},
     "say [data] header = true if it names them, else [data] header = false",
     "header = true",
     "3"},
    {"latin1.csv", {"Druck [Pa]", "Länge [µm]", "c", "y"}, "say [data] encoding = \"latin1\"", "encoding = 'latin1'"},
    {"matlab_comment.txt", abcy, "", ""},
    {"minus_unicode.csv", abcy, "", ""},
    {"multi_line_header.csv", {"a (mm)", "b", "c", "y"}, "", ""},
    {"old_mac.csv", abcy, "", ""},
    {"pandas_index.csv", abcy, "column 0 has no name and counts the rows (0, 1, 2, ...)", "ignore = [0]"},
    {"r_write_csv.csv", abcy, "leave it out: [data] ignore = [0], or keep it: [data] ignore = []", "ignore = [0]"},
    {"r_write_table.txt", abcy, "", ""},
    {"savetxt_header.csv", abcy, "", ""},
    {"trailing_delim.csv", abcy, "", ""},
    {"units.tsv", {"length, mm", "width, mm", "height, mm", "y"}, "", ""},
    {"year_label.csv",
     {"country", "2019", "2020", "2021"},
     "if this line names the columns, say [data] header = true",
     "header = true",
     "'2021'"},
};

const double first[] = {0.1257, -0.1321, 0.6404, 0.2865}, last[] = {0.5408, 0.2147, 0.3554, 0.7183};

const std::string folder = ORBITWALK_SOURCE_DIR "/tests/cases/reading";

Dataset read(const Case& c, const std::string& options, Spec& spec) {
  spec = Spec::from_string("[data]\nfile = '" + std::string(c.file) + "'\ntarget = " + c.target + "\n" + options,
                           "s.toml", folder);
  const Dataset data = read_dataset(root_section(spec).section("data"));
  check_all_used(spec);
  return data;
}

TEST(CsvFiles, GiveTheirNumbersOrSayHowToReadThem) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.file);
    Spec spec;
    if (*c.refusal) {
      const std::string message = message_of<IoError>([&] { read(c, "", spec); });
      EXPECT_EQ(message.rfind(folder + "/" + c.file + ":", 0), 0u) << message;
      EXPECT_NE(message.find(c.refusal), std::string::npos) << message;
    }
    const Dataset data = read(c, c.options, spec);
    ASSERT_EQ(data.samples, 12u);
    ASSERT_EQ(data.features, 3u);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_EQ(data.x[j], first[j]);
      EXPECT_EQ(data.x[33 + j], last[j]);
    }
    EXPECT_EQ(data.y.front(), first[3]);
    EXPECT_EQ(data.y.back(), last[3]);
    double sum = 0;
    for (const double value : data.x) sum += value;
    EXPECT_NEAR(sum, -3.9117, 1e-12);
    const DataFile file = files_read(spec).at(0);
    EXPECT_EQ(file.names, c.names);
    EXPECT_EQ(file.header.empty(), c.names.empty());
    EXPECT_EQ(file.shape, (std::vector<std::size_t>{12, 4}));
  }
}

}  // namespace
}  // namespace orbitwalk
