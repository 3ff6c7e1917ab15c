// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/data_file.hpp"
#include "data/npy_bytes.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using testing::encoded;
using testing::message_of;
using testing::npy;
using Values = std::vector<double>;

TEST(Npy, EveryTypeAndByteOrder) {
  const Values numbers{1, 2, 3, 4, 5, 100};
  for (const char order : {'<', '>'})
    for (const char* type : {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"})
      for (const int version : {1, 2, 3}) {
        const std::string dtype = order + std::string(type);
        const Matrix table = parse_npy(npy(dtype, false, "(2, 3)", encoded(dtype, numbers), version), "a.npy");
        EXPECT_EQ(table.rows, 2u);
        EXPECT_EQ(table.cols, 3u);
        EXPECT_EQ(table.values, numbers) << dtype << " version " << version;
      }
  const Values negative{-1, -128};
  for (const char* dtype : {"|i1", "<i2", ">i4", "<i8", ">f4", "<f8"})
    EXPECT_EQ(parse_npy(npy(dtype, false, "(2,)", encoded(dtype, negative)), "a.npy").values, negative) << dtype;
  EXPECT_EQ(parse_npy(npy("|u1", false, "(1,)", "\xff"), "a.npy").values, Values{255});
}

TEST(Npy, Shapes) {
  const std::string data = encoded("<f8", {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(parse_npy(npy("<f8", true, "(2, 3)", data), "a").values, (Values{1, 3, 5, 2, 4, 6}));
  const Matrix column = parse_npy(npy("<f8", false, "(6,)", data), "a");
  EXPECT_EQ(column.rows, 6u);
  EXPECT_EQ(column.cols, 1u);
  EXPECT_EQ(parse_npy(npy("<f8", false, "(3L, 2L)", data), "a").cols, 2u);
}

TEST(Npy, ThreeDimensions) {
  // Samples × tokens × features; [s, t, f] = 100 s + 10 t + f.
  const Values rows{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121};
  const Values columns{0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121};
  const Table table = parse_array(npy("<f8", false, "(2, 3, 2)", encoded("<f8", rows)), "a");
  EXPECT_EQ(table.matrix.rows, 2u);
  EXPECT_EQ(table.matrix.cols, 6u);
  EXPECT_EQ(table.matrix.values, rows);
  EXPECT_EQ(table.shape, (std::vector<std::size_t>{2, 3, 2}));
  EXPECT_EQ(parse_array(npy("<f8", true, "(2, 3, 2)", encoded("<f8", columns)), "a").matrix.values, rows);
}

TEST(Npy, TruthValuesAndHalfPrecision) {
  EXPECT_EQ(parse_npy(npy("|b1", false, "(2, 2)", std::string("\1\0\0\1", 4)), "a").values, (Values{1, 0, 0, 1}));
  EXPECT_EQ(message_of<IoError>([] { parse_npy(npy("|b1", false, "(2,)", "\1\2"), "a.npy"); }),
            "a.npy: row 1, column 0: a boolean is stored as a byte 0 or 1");
  // 1, -2, 65504 (largest), 2^-24 (smallest), -0, 0.333251953125; IEEE 754 binary16.
  const std::string halves("\x00\x3c\x00\xc0\xff\x7b\x01\x00\x00\x80\x55\x35", 12);
  EXPECT_EQ(parse_npy(npy("<f2", false, "(6,)", halves), "a").values,
            (Values{1, -2, 65504, std::ldexp(1.0, -24), -0.0, 0.333251953125}));
  EXPECT_EQ(parse_npy(npy(">f2", false, "(1,)", "\x3c\x01"), "a").values, Values{1 + std::ldexp(1.0, -10)});
  EXPECT_THROW(parse_npy(npy("<f2", false, "(1,)", std::string("\x00\x7c", 2)), "a"), IoError) << "infinity";
  const Values values =
      parse_array(npy("<f2", false, "(2,)", std::string("\x00\x7e\x00\x3c", 4)), "a", true).matrix.values;
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], 1);
}

TEST(Npy, Malformed) {
  const std::string data = encoded("<f8", {1, 2, 3, 4, 5, 6});
  const std::string good = npy("<f8", false, "(2, 3)", data);
  const auto error = [](const std::string& bytes) { return message_of<IoError>([&] { parse_npy(bytes, "a.npy"); }); };
  EXPECT_EQ(error(""), "a.npy: the file is empty");
  EXPECT_EQ(error("PK\x03\x04 and so on, a zip file"), "a.npy: not a .npy file");
  EXPECT_EQ(error(npy("<f8", false, "(2, 3)", data, 4)), "a.npy: unsupported .npy version 4");
  EXPECT_EQ(error(good.substr(0, good.size() - 1)),
            "a.npy: the file is truncated: its shape is 2 x 3 but it holds 5 values");
  EXPECT_EQ(error(good + "x"), "a.npy: there are bytes left over after the array of shape 2 x 3");
  for (std::size_t n = 1; n < good.size(); ++n) EXPECT_THROW(parse_npy(good.substr(0, n), "a.npy"), IoError) << n;
  std::string long_header = good;
  long_header[8] = long_header[9] = '\xff';
  EXPECT_EQ(error(long_header), "a.npy: the file is truncated inside its header");

  const std::pair<const char*, const char*> types[] = {{"<c16", "; save its real or imaginary part"},
                                                       {"|O", "; convert it: a.astype(float)"},
                                                       {"<U8", "; convert it: a.astype(float)"},
                                                       {"<f16", "; convert it: a.astype(\"f8\")"},
                                                       {"<M8[ns]", ""},
                                                       {"f8", ""},
                                                       {"", ""}};
  for (const auto& [dtype, remedy] : types)
    EXPECT_EQ(error(npy(dtype, false, "(2, 3)", data)), "a.npy: unsupported dtype \"" + std::string(dtype) +
                                                            "\"; expected bool, integers, float16, float32 or float64" +
                                                            remedy);
  EXPECT_EQ(error(npy("<f8", false, "(1, 1, 2, 3)", data)), "a.npy: expected 1 to 3 dimensions, got 4");
  EXPECT_EQ(error(npy("<f8", false, "()", data)), "a.npy: expected 1 to 3 dimensions, got 0");
  EXPECT_EQ(error(npy("<f8", false, "(0, 3)", "")), "a.npy: the array holds no values");
  EXPECT_EQ(error(npy("<f8", false, "(4294967296, 4294967296)", data)),
            "a.npy: the file is truncated: its shape is 4294967296 x 4294967296 but it holds 6 values");
  for (const char* shape :
       {"(2, 3", "(-2, 3)", "(2 3)", "2", "(99999999999999999999,)", "(2.0, 3)", "(2, 3), 'shape': (2, 3)"})
    EXPECT_EQ(error(npy("<f8", false, shape, data)), "a.npy: the .npy header is malformed") << shape;
  EXPECT_EQ(error(testing::npy_with_header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,)}", data)),
            "a.npy: structured arrays are not supported; save a plain array");
  for (const char* header : {"", "{", "{}", "{'descr': '<f8', 'shape': (6,)}", "{'descr': '<f8' 'shape': (6,)}",
                             "{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)}",
                             "{'descr': '<f8', 'fortran_order': False, 'shape': (6,)} extra", "{'descr': '<f8"})
    EXPECT_EQ(error(testing::npy_with_header(header, data)), "a.npy: the .npy header is malformed") << header;
}

TEST(Npy, ValuesThatCannotBeUsed) {
  const auto error = [](const std::string& bytes) { return message_of<IoError>([&] { parse_npy(bytes, "a.npy"); }); };
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(error(npy("<f8", false, "(2, 2)", encoded("<f8", {1, 2, 3, nan}))),
            "a.npy: row 1, column 1: expected a finite number, got nan");
  EXPECT_EQ(error(npy(">f4", true, "(2, 2)", encoded(">f4", {1, -inf, 3, 4}))),
            "a.npy: row 1, column 0: expected a finite number, got -inf");
  EXPECT_EQ(error(npy("<u8", false, "(1,)", std::string(8, '\xff'))),
            "a.npy: row 0, column 0: the integer is beyond 2^53, which a double cannot hold exactly");
  EXPECT_NE(error(npy("<i8", false, "(1,)", std::string(7, '\0') + '\x80')).find("beyond 2^53"), std::string::npos);
}

TEST(Npy, FromFile) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("a.NPY", npy("<f4", false, "(2,)", encoded("<f4", {0.5, 2})));
  EXPECT_EQ(read_table(path).values, (Values{0.5, 2}));
}

}  // namespace
}  // namespace orbitwalk
