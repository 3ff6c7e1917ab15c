// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
//
// Random damage to valid input: it parses, or it is refused with an orbitwalk::Error; nothing else may happen. Run
// under sanitizers this also looks for reads out of bounds.
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "data/data_file.hpp"
#include "data/npy_bytes.hpp"
#include "spec/spec.hpp"
#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

constexpr unsigned seed = 20240607;
constexpr int mutations = 4000;

std::string mutated(const std::string& valid, std::mt19937& random) {
  static const std::string likely = "[]{}=.,'\"#\n\r\t-+_eE0123456789:;(<>)\\\x00\xff\xc3";
  std::string text = valid;
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = below(text.size());
    switch (below(6)) {
      case 0: text[at] = static_cast<char>(below(256)); break;
      case 1: text[at] = likely[below(likely.size())]; break;
      case 2: text.insert(at, 1, likely[below(likely.size())]); break;
      case 3: text.erase(at, 1 + below(8)); break;
      case 4: text.insert(at, text.substr(below(text.size()), below(24))); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

/// Runs `parse` on mutations of `valid`. Both outcomes must occur: otherwise the mutations test nothing.
template <class Parse>
void check(const std::string& valid, Parse&& parse) {
  std::mt19937 random(seed);
  ASSERT_NO_THROW(parse(valid));
  int accepted = 0, refused = 0;
  for (int i = 0; i < mutations; ++i) {
    const std::string text = mutated(valid, random);
    try {
      parse(text);
      ++accepted;
    } catch (const Error& error) {
      ++refused;
      EXPECT_NE(std::string(error.what()), "");
    } catch (const std::exception& error) {
      FAIL() << "seed " << seed << ", mutation " << i << ": " << error.what() << " on\n"
             << ::testing::PrintToString(text);
    }
  }
  std::cout << "seed " << seed << ": " << accepted << " accepted, " << refused << " refused\n";
  EXPECT_GT(accepted, mutations / 100);
  EXPECT_GT(refused, mutations / 100);
}

TEST(Mutation, Toml) {
  const std::string valid =
      "[model]\nname = \"radial\"\ndimension = 3\nloss = { kind = \"harmonic\", stiffness = 4.0, radius = 1.5 }\n"
      "[ensemble]\nparticles = 1_000_000\nseed = 7 # comment\n[observe]\nhistogram = [{ of = \"r\", bins = 200, "
      "range = [0.0, 5.0] }]\n[compare]\nlaws = [\"projected\", 'isotropic']\nflag = true\n";
  check(valid, [](const std::string& text) {
    const Spec spec = Spec::from_string(text, "spec.toml");
    const Section root = root_section(spec), model = root.section("model"), ensemble = root.section("ensemble");
    model.choice("name", {"radial", "hadamard"}, "radial");
    model.integer("dimension", 2, positive());
    const Section loss = model.section("loss");
    loss.string("kind", "harmonic");
    loss.number("stiffness", 1.0, positive());
    loss.number("radius", 0.0, non_negative());
    ensemble.integer("particles", 10, positive());
    ensemble.integer("seed", 1);
    for (const Section& h : root.section("observe").tables("histogram")) {
      h.string("of");
      h.integer("bins", 10, between(1, 1e6));
      h.range("range", {0, 1});
    }
    root.section("compare").strings("laws", {});
    root.section("compare").boolean("flag", false);
    check_all_used(spec);
    to_json(spec);
  });
}

TEST(Mutation, Assignment) {
  check("model.loss={kind='a', list=[1, 2.5]}", [](const std::string& text) { Spec().set(text); });
}

TEST(Mutation, Csv) {
  check("\xEF\xBB\xBF\"a\",b,c # names\r\n1,2.5,-3e4\r\n4,\"5\",6\r\n# done\r\n7,8,9\r\n",
        [](const std::string& text) { EXPECT_GT(parse_csv(text, "t.csv").rows, 0u); });
}

TEST(Mutation, CsvOfOtherKinds) {
  for (const char* valid :
       {"sep=;\n\"\";\"a\";\"b\"\r\n\"1\";0,5;-1,5\r\n\"2\";1;2\r\n", "% a b c\n1.5D+00 2 3\n4 5 6.5D-1\n",
        "a,b,\n1,2,\n3,\xE2\x88\x92"
        "4,\n"}) {
    TableFormat format;
    if (valid[0] == 's') format.decimal = ',', format.ignore = {{"0"}};
    check(valid, [&](const std::string& text) {
      const Table table = parse_text(text, "t.csv", format);
      EXPECT_EQ(table.ignored.size(), table.matrix.cols);
      EXPECT_EQ(table.kept().rows, table.shape[0]);
      EXPECT_EQ(table.kept().cols, table.shape[1]);
    });
  }
  const std::string utf16("\xFF\xFE\x61\0,\0\x62\0\n\0\x31\0,\0\x32\0\n\0", 18);
  check(utf16, [](const std::string& text) { EXPECT_GT(parse_csv(text, "t.csv").rows, 0u); });
}

TEST(Mutation, Npy) {
  const std::string data = testing::encoded("<f8", {1, 2, 3, 4, 5, 6});
  for (const int version : {1, 2})
    check(testing::npy("<f8", true, "(2, 3)", data, version),
          [](const std::string& text) { EXPECT_GT(parse_npy(text, "a.npy").rows, 0u); });
  check(testing::npy("<f8", true, "(1, 3, 2)", data),
        [](const std::string& text) { EXPECT_GT(parse_npy(text, "a.npy").rows, 0u); });
}

}  // namespace
}  // namespace orbitwalk
