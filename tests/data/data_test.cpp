// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "data/data_file.hpp"
#include "spec/spec.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using testing::message_of;
using Values = std::vector<double>;
using Names = std::vector<std::string>;

TEST(Csv, Dialects) {
  const Values expected{1, 2.5, -3, 4e-3};
  for (const char* text :
       {"1,2.5\n-3,4e-3\n", "1;2.5\n-3;4e-3", "1\t2.5\r\n-3\t4e-3\r\n", "1 2.5\n-3   4e-3", "  1, 2.5 \n\n -3 ,4e-3\n",
        "\xEF\xBB\xBF# a comment, with; other, things\n1,2.5 # more\n-3,4e-3", "\"1\",\"2.5\"\n\"-3\",+4e-3",
        "1 2.5\r-3 4e-3", " 1  2.5  \n-3\t4e-3\n#"}) {
    const Matrix table = parse_csv(text, "t.csv");
    EXPECT_EQ(table.rows, 2u) << text;
    EXPECT_EQ(table.cols, 2u) << text;
    EXPECT_EQ(table.values, expected) << text;
    EXPECT_TRUE(table.names.empty()) << text;
  }
  EXPECT_EQ(parse_csv("1e-400 4.9e-324", "t").values, (Values{0, 4.9e-324}));
}

TEST(Csv, Headers) {
  EXPECT_EQ(parse_csv("a,\"b \"\"c\"\", d\"\n1,2\n", "t.csv").names, (Names{"a", "b \"c\", d"}));
  EXPECT_EQ(parse_csv("größe;β\n1;2\n", "t.csv").names, (Names{"größe", "β"}));
}

TEST(Csv, Malformed) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "t.csv: the file is empty"},
      {"\n# only\n \n", "t.csv: the file is empty"},
      {"\xEF\xBB\xBF", "t.csv: the file is empty"},
      {"a,b\n", "t.csv: there is a header but no row of numbers"},
      {"1,2\n3\n", "t.csv:2:1: expected 2 fields as in line 1, got 1"},
      {"\n1,2\n3,4,5\n", "t.csv:3:5: expected 2 fields as in line 2, got 3"},
      {"a,b\n1,2\n3,x\n", "t.csv:3:3: column \"b\": expected a number, got \"x\""},
      {"1,2\n3, 4.5.6\n", "t.csv:2:4: column 1: expected a number, got \"4.5.6\""},
      {"1,x\n",
       "t.csv:1:3: expected names or numbers, got both, \"x\" and \"1\"; if this line names the columns, say [data] "
       "header = true; if a "
       "column holds no numbers, leave it out: [data] ignore = [...]; missing values cannot be read"},
      {"1,2\n1,\n",
       "t.csv:2:3: column 1: the value is empty; leave out rows without a value, in every file of the data"},
      {"1,nan\n",
       "t.csv:1:3: column 1: expected a finite number, got \"nan\"; leave out rows without a value, in every file of "
       "the data"},
      {"a\n1\n-inf\n", "t.csv:3:1: column \"a\": expected a finite number, got \"-inf\""},
      {"1e999\n", "t.csv:1:1: column 0: expected a finite number, got \"1e999\""},
      {"2,1\n0x10,1\n",
       "t.csv:2:1: column 0: expected a number, got \"0x10\"; to leave out a column without numbers, say [data] ignore "
       "= "
       "[0]"},
      {"2,1\n2,+-1\n", "t.csv:2:3: column 1: expected a number, got \"+-1\""},
      {"a,a\n1,2\n",
       "t.csv:1:3: two columns are named \"a\"; give them different names, or none: [data] header = false and "
       "[data] skip = 1"},
      {"1,\"2\n", "t.csv:1:3: the quote is not closed"},
      {"\"1\"x,2\n", "t.csv:1:4: expected a separator after the closing quote"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(message_of<IoError>([&, t = text] { parse_csv(t, "t.csv"); }), message) << text;
  }
}

TEST(Csv, WhatIsRefusedNamesTheKey) {
  const std::pair<const char*, const char*> cases[] = {
      {"1,5;2,5\n1,5;2,5\n", "t.csv:1:1: got \"1,5\"; numbers with a decimal comma? say [data] decimal = \",\""},
      {"a;b\n1;2\n1,5;2\n",
       "t.csv:3:1: column \"a\": expected a number, got \"1,5\"; numbers with a decimal comma? say [data] decimal = "
       "\",\""},
      {"title\na,b\n1,2\n",
       "t.csv:2:3: expected 1 fields as in line 1, got 2; if line 1 is a title, say [data] skip = 1"},
      {"a,b\nm,kg\n1,2\n3,4\n",
       "t.csv:2:1: column \"a\": expected a number, got \"m\"; units, or more of the header? leave the line out: "
       "[data] skip = [2]"},
      {"date,b\n2020-01-01,2\n",
       "t.csv:2:1: column \"date\": expected a number, got \"2020-01-01\"; to leave out a column without numbers, say "
       "[data] ignore = [0]"},
      {"a,b\n1,2\nNA,4\n",
       "t.csv:3:1: column \"a\": expected a number, got \"NA\"; leave out rows without a value, in every file of the "
       "data"},
      {"a,,c\n1,2,3\n",
       "t.csv:1:3: column 1 has no name; leave it out: [data] ignore = [1], or keep it: [data] ignore = []"},
      {"Unnamed: 0,c\n4,3\n",
       "t.csv:1:1: column 0 has no name; leave it out: [data] ignore = [0], or keep it: [data] ignore = []"},
      {"1 0.5 0.1\n2 0.4 1\n3 7 8\n4 7 7\n5 1 2\n",
       "t.csv:1:1: column 0 counts the rows (1, 2, 3, ...); leave it out: [data] ignore = [0], or keep it: [data] "
       "ignore = []"},
      {"2019 2020\n0.5 1.5\n1.5 2.5\n",
       "t.csv:1:1: the first line, 2019, 2020, may name the columns or be numbers like those below; say [data] header "
       "= true if it names "
       "them, else [data] header = false"},
      {"0\n0.5\n1.5\n",
       "t.csv:1:1: the first line, 0, may name the columns or be numbers like those below; say [data] header = true if "
       "it names them, else "
       "[data] header = false"},
      {"0,1,2\n5,6,7\n7,8,9\n",
       "t.csv:1:1: the first line, 0, 1, 2, may name the columns or be numbers like those below; say [data] header = "
       "true if it names them, "
       "else [data] header = false"},
      {"a b\n0.5 1 2\n0.7 2 3\n",
       "t.csv:1:1: there is one name fewer than there are columns of numbers; if the first column holds the names of "
       "the "
       "rows, say [data] ignore = [0], "
       "else give every column a name"},
      {"1,2\n,\n3,4\n",
       "t.csv:2:1: the line holds separators only, but there are numbers below; leave it out: [data] skip = [2]"},
      {"1,2,\n3,4,5\n", "t.csv:2:5: expected an empty last field as in the lines above, got \"5\""},
      {"a,b\n\xE4,2\n",
       "t.csv: line 2 is not UTF-8; say [data] encoding = \"latin1\" or \"windows-1252\" (Windows, Western Europe) if "
       "that is what it is"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(message_of<IoError>([&, t = text] { parse_csv(t, "t.csv"); }), message) << text;
  }
  const std::string zeros("1\0\n\0", 4);
  EXPECT_NE(message_of<IoError>([&] { parse_csv(zeros, "t.csv"); }).find("say [data] encoding = \"utf-16le\""),
            std::string::npos);
}

TEST(Csv, WhatIsNotDoubtful) {
  // Whole numbers in the first row are no header where others follow, nor is a mask, nor what NumPy writes.
  for (const char* text : {"0 1\n1 0\n1 1\n", "3 4 5\n6 7.5 8\n1 2 3\n", "0.0 1.0 2.0\n0.5 1.5 0.25\n1.5 2.5 3.5\n",
                           "1\n2\n3\n", "5\n0.5\n0.7\n", "0\n0.1\n0.2\n0.3\n", "1 7.5\n2 4.5\n4 3.5\n5 3\n6 2.5\n",
                           "1 2\n2 3\n3 5\n", "0e0 1e0\n2.5e-1 1e0\n1e-3 2.5e0\n"}) {
    EXPECT_EQ(parse_csv(text, "t.csv").names, Names()) << text;
  }
  EXPECT_EQ(parse_csv("1,2\n3,4\n,\n,\n", "t.csv").rows, 2u) << "a spreadsheet's empty lines at the end";
  EXPECT_EQ(parse_csv("1.5D+02 -1d0 .5D0\n", "t").values, (Values{150, -1, 0.5}));
  EXPECT_EQ(parse_csv("a b # a comment\n1 2\n", "t").names, (Names{"a", "b"}));
  EXPECT_EQ(parse_csv("# made by hand\n1 2\n", "t").names, Names()) << "a comment of another number of words";
}

TEST(Csv, Formats) {
  const auto parse = [](const std::string& text, const TableFormat& format) {
    return parse_text(text, "t.csv", format).kept();
  };
  TableFormat format;
  format.decimal = ',';
  EXPECT_EQ(parse("0,5 1,25\n2 3\n", format).values, (Values{0.5, 1.25, 2, 3}));
  EXPECT_EQ(parse("\"0,5\",\"1,25\"\n\"2\",\"3,5\"\n", format).values, (Values{0.5, 1.25, 2, 3.5}));
  EXPECT_EQ(parse("0,5\n1,5\n", format).cols, 1u);
  EXPECT_NE(message_of<IoError>([&] { parse("1.234,5;1\n2;3\n", format); }).find("got both, \"1.234,5\""),
            std::string::npos);
  format = {};
  format.separator = '|';
  EXPECT_EQ(parse("1|2\n3|4\n", format).values, (Values{1, 2, 3, 4}));
  format = {};
  format.header = false;
  EXPECT_EQ(parse("0,1,2\n0.5,1.5,2.5\n0.1,0.2,0.3\n", format).rows, 3u);
  format.skip = {1, 3};
  EXPECT_EQ(parse("one\n1,2\nthree\n3,4\n", format).values, (Values{1, 2, 3, 4}));
  format = {};
  format.ignore = {{"when", "3"}};
  EXPECT_EQ(parse("a,when,b,c\n1,noon,2,x\n3,night,4,y\n", format).values, (Values{1, 2, 3, 4}));
  format.ignore = std::vector<std::string>();
  EXPECT_EQ(parse(",a\n0,5\n1,6\n2,7\n", format).names, (Names{"column 0", "a"}));
  format = {};
  format.missing = true;
  const Matrix gaps = parse("1,NA\n,4\n", format);
  EXPECT_TRUE(std::isnan(gaps(0, 1)) && std::isnan(gaps(1, 0)));
  EXPECT_EQ(gaps(1, 1), 4);
  format = {};
  format.encoding = "windows-1252";
  EXPECT_EQ(parse("\x80,\xB5\n1,2\n", format).names, (Names{"€", "µ"}));
  format.encoding = "utf-16be";
  EXPECT_EQ(parse(std::string("\0\x31\0,\0\x32\0\n", 8), format).values, (Values{1, 2}));
  EXPECT_THROW(parse(std::string("\0\x31\0", 3), format), IoError);
  EXPECT_THROW(parse(std::string("\xD8\x31\0\n", 4), format), IoError) << "half of a surrogate pair";
}

TEST(Data, Columns) {
  const Matrix named = parse_csv("alpha,beta,gamma\n1,2,3\n4,5,6\n", "t.csv");
  const Matrix two = select_columns(named, {"gamma", "0"}, "t.csv");
  EXPECT_EQ(two.values, (Values{3, 1, 6, 4}));
  EXPECT_EQ(two.names, (Names{"gamma", "alpha"}));
  EXPECT_EQ(message_of<SpecError>([&] { select_columns(named, {"gama"}, "t.csv"); }),
            "t.csv: no column \"gama\"; did you mean \"gamma\"?");
  EXPECT_EQ(message_of<SpecError>([&] { select_columns(named, {"3"}, "t.csv"); }),
            "t.csv: no column \"3\"; valid columns: alpha, beta, gamma");
  EXPECT_EQ(message_of<SpecError>([&] {
              select_columns(named, {"beta", "1"}, "t.csv");
            }),
            "t.csv: column \"1\" is named twice");
  EXPECT_EQ(message_of<SpecError>([&] { select_columns(parse_csv("1,2", "u.csv"), {"a"}, "u.csv"); }),
            "u.csv: no column \"a\"; the file has no header, so columns are numbered 0 to 1");
}

class DataSection : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder;
  Spec spec;
  Section section(const std::string& text) {
    spec = Spec::from_string("[data]\n" + text, "s.toml", folder.path());
    return root_section(spec).section("data");
  }
  Dataset read(const std::string& text) {
    const Dataset set = read_dataset(section(text));
    check_all_used(spec);
    return set;
  }
  std::string error(const std::string& text) {
    return message_of<SpecError>([&] { read(text); });
  }
  void SetUp() override {
    folder.write("t.csv", "a,b,c\n1,10,7\n2,20,7\n3,60,7\n");
    folder.write("x.csv", "1 2\n3 4\n");
    folder.write("y.csv", "5\n9\n");
  }
};

TEST_F(DataSection, OneFile) {
  const Dataset set = read("file = 't.csv'\ntarget = 'b'");
  EXPECT_EQ(set.samples, 3u);
  EXPECT_EQ(set.features, 2u);
  EXPECT_EQ(set.outputs, 1u);
  EXPECT_EQ(set.x, (Values{1, 7, 2, 7, 3, 7}));
  EXPECT_EQ(set.y, (Values{10, 20, 60}));
  EXPECT_EQ(set.feature_names, (Names{"a", "c"}));
  EXPECT_EQ(set.output_names, (Names{"b"}));
  EXPECT_EQ(read("file = 't.csv'\ntarget = ['b', 2]\nfeatures = ['a']").y, (Values{10, 7, 20, 7, 60, 7}));
  EXPECT_EQ(error("file = 't.csv'\ntarget = 'd4'"), folder / "t.csv: no column \"d4\"; valid columns: a, b, c");
  EXPECT_EQ(error("file = 't.csv'\ntarget = 'b'\nfeatures = ['a', 'b']"),
            "s.toml:4:1: [data] features: column \"b\" is the target already");
  EXPECT_EQ(error("file = 't.csv'\ntarget = ['a', 'b', 'c']"),
            "s.toml:3:1: [data] target: no column is left as a feature");
  EXPECT_EQ(error("file = 't.csv'"),
            "s.toml:1:2: [data] missing key \"target\"; expected a list, each a name or an index");
}

TEST_F(DataSection, TwoFiles) {
  const Dataset set = read("x = 'x.csv'\ny = 'y.csv'\ncenter_target = true");
  EXPECT_EQ(set.x, (Values{1, 2, 3, 4}));
  EXPECT_EQ(set.y, (Values{-2, 2}));
  EXPECT_EQ(set.output_means, (Values{7}));
  EXPECT_EQ(set.feature_names, (Names{"x0", "x1"}));
  EXPECT_EQ(read("x = 'x.csv'").outputs, 0u);
  EXPECT_NE(error("x = 'x.csv'\ny = 't.csv'").find("s.toml:3:1: [data] y: expected as many rows as x, but "),
            std::string::npos);
  EXPECT_EQ(error("x = 'x.csv'\nfile = 't.csv'"),
            "s.toml:3:1: [data] file: cannot go together with x; give either x (and y) or file and target");
  EXPECT_EQ(error("x = 'x.csv'\ncentre_target = true"),
            "s.toml:3:1: [data] unknown key \"centre_target\"; did you mean \"center_target\"?");
  EXPECT_EQ(read("x = { file = 'x.csv', skip = 1 }").samples, 1u);
  EXPECT_EQ(read("skip = 1\nx = { file = 'x.csv', skip = 0 }").samples, 2u) << "what a file says for itself counts";
  EXPECT_EQ(error("x = { file = 'x.csv', skp = 1 }"),
            "s.toml:2:23: [data.x] unknown key \"skp\"; did you mean \"skip\"?");
  EXPECT_EQ(error("x = 'x.csv'\nseparator = ', '").substr(0, 40), "s.toml:3:1: [data] separator: expected o");
  EXPECT_EQ(error("x = 'x.csv'\ndecimal = ','\nseparator = ','"),
            "s.toml:4:1: [data] separator: is also the decimal separator");
  EXPECT_EQ(error("file = 't.csv'\ntarget = 'b'\nignore = ['b']"),
            "s.toml:3:1: [data] target: column \"b\" of " + (folder / "t.csv is left out"));
  EXPECT_EQ(read("file = 't.csv'\ntarget = 'b'\nignore = ['c']").feature_names, (Names{"a"}));
  EXPECT_EQ(error("x = 'x.csv'\ntarget = 'a'").substr(0, 42), "s.toml:3:1: [data] unknown key \"target\"; v");
  EXPECT_EQ(error("x = 'x.csv'\ncenter_target = true"),
            "s.toml:3:1: [data] center_target: there is no target to centre");
  EXPECT_EQ(message_of<IoError>([&] { read("x = 'none.csv'"); }),
            folder / "none.csv: cannot open: No such file or directory");
  EXPECT_EQ(message_of<IoError>([&] { read("x = 'x.xlsx'"); }),
            folder / "x.xlsx: unknown kind of data file; expected .csv, .tsv, .txt or .npy");
}

TEST_F(DataSection, FilesReadAreRecorded) {
  read("x = 'x.csv'\ny = 'y.csv'");
  const auto files = files_read(spec);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].role, "data.x");
  EXPECT_EQ(files[0].path, folder / "x.csv");
  EXPECT_EQ(files[0].bytes, 8u);
  EXPECT_EQ(files[0].shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(files[0].hash, "fnv1a64:b2e1558ba88696fd");
  EXPECT_EQ(files[1].role, "data.y");
  read_dataset(root_section(spec).section("data"));
  EXPECT_EQ(files_read(spec).size(), 2u) << "a second reading replaces the record";
  folder.write("x.csv", "1 2\n3 5\n");
  read_dataset(root_section(spec).section("data"));
  EXPECT_NE(files_read(spec)[0].hash, files[0].hash);
}

TEST_F(DataSection, Standardize) {
  const Dataset set = read("file = 't.csv'\ntarget = 'c'\nstandardize = true");
  for (std::size_t j = 0; j < 2; ++j) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < 3; ++i) mean += set.x[2 * i + j], square += set.x[2 * i + j] * set.x[2 * i + j];
    EXPECT_NEAR(mean, 0, 1e-14);
    EXPECT_NEAR(square / 3, 1, 1e-14);
  }
  EXPECT_DOUBLE_EQ(set.feature_means[1], 30);
  EXPECT_DOUBLE_EQ(set.feature_scales[1], std::sqrt((400.0 + 100 + 900) / 3));
  EXPECT_EQ(error("file = 't.csv'\ntarget = 'b'\nstandardize = true"),
            "s.toml:4:1: [data] standardize: column \"c\" of " + (folder / "t.csv is constant"));
  // Neither 0.1 three times over (whose rounded mean differs from it) nor extreme scales may mislead the check.
  folder.write("e.csv", "0.1 1\n0.1 2\n0.1 3\n");
  EXPECT_NE(error("x = 'e.csv'\nstandardize = true").find("\"x0\""), std::string::npos);
  folder.write("tiny.csv", "1e-200\n3e-200\n");
  EXPECT_EQ(read("x = 'tiny.csv'\nstandardize = true").x, (Values{-1, 1}));
  folder.write("huge.csv", "-1.7e308\n1.7e308\n");
  EXPECT_NE(error("x = 'huge.csv'\nstandardize = true").find("beyond the range"), std::string::npos);
}

TEST_F(DataSection, Teacher) {
  EXPECT_FALSE(data_from_files(section("teacher = { samples = 200 }")));
  EXPECT_TRUE(data_from_files(section("x = 'x.csv'")));
  EXPECT_EQ(error("x = 'x.csv'\nteacher = { samples = 200 }"),
            "s.toml:3:1: [data] teacher: cannot go together with data files; give either the files or a teacher");
}

}  // namespace
}  // namespace orbitwalk
