// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "spec/spec.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "support/io_testing.hpp"
#include "support/suggest.hpp"

namespace orbitwalk {
namespace {

using testing::message_of;
using Json = nlohmann::ordered_json;

const std::string example = R"([model]
name = "radial"
dimension = 3
loss = { kind = "harmonic", stiffness = 4.0, radius = 1.5 }
[ensemble]
particles = 1e6
  step = -0.5
[observe]
histogram = [{ of = "r", bins = 200, range = [0.0, 5.0] },
             { of = "s", bins = 7.5 }]
)";

Section section_of(const std::string& text) { return root_section(Spec::from_string(text, "spec.toml")).section("a"); }

TEST(Suggest, NamesWhatIsNear) {
  EXPECT_EQ(edit_distance("abcd", "acbd"), 1u);  // a swap
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(nearest_name("dimenson", {"name", "dimension"}), "dimension");
  EXPECT_EQ(nearest_name("setp", {"steps", "step"}), "step");
  EXPECT_EQ(nearest_name("temp", {"step", "temperature"}), "temperature");
  EXPECT_EQ(nearest_name("colour", {"name", "dimension"}), "");
  EXPECT_EQ(nearest_name("x", {"y"}), "");
  EXPECT_EQ(nearest_name("", {"y"}), "");
}

TEST(Spec, ReadsValues) {
  const Spec spec = Spec::from_string(example, "spec.toml");
  const Section model = root_section(spec).section("model");
  EXPECT_EQ(model.string("name"), "radial");
  EXPECT_EQ(model.integer("dimension", positive()), 3);
  EXPECT_EQ(model.section("loss").choice("kind", {"harmonic", "quartic"}), "harmonic");
  EXPECT_DOUBLE_EQ(model.section("loss").number("stiffness"), 4.0);
  EXPECT_EQ(root_section(spec).section("ensemble").integer("particles"), 1'000'000);
  const auto tables = root_section(spec).section("observe").tables("histogram");
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].range("range"), std::pair(0.0, 5.0));
  EXPECT_EQ(tables[0].name(), "observe.histogram[0]");
  EXPECT_EQ(message_of<SpecError>([&] { tables[1].integer("bins"); }),
            "spec.toml:10:26: [observe.histogram[1]] bins: expected an integer, got 7.5");
}

TEST(Spec, ErrorsNameThePlace) {
  const Spec spec = Spec::from_string(example, "spec.toml");
  const Section root = root_section(spec);
  EXPECT_EQ(message_of<SpecError>([&] { root.section("ensemble").number("step", positive()); }),
            "spec.toml:7:3: [ensemble] step: expected a positive number, got -0.5");
  EXPECT_EQ(message_of<SpecError>([&] {
              root.section("model").section("loss").choice("kind", {"harmonics", "b"});
            }),
            "spec.toml:4:10: [model.loss] kind: unknown value \"harmonic\"; did you mean \"harmonics\"?");
  EXPECT_EQ(message_of<SpecError>([&] {
              root.section("model").section("loss").choice("kind", {"x", "y"});
            }),
            "spec.toml:4:10: [model.loss] kind: unknown value \"harmonic\"; valid values: x, y");
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").number("gain", positive()); }),
            "spec.toml:1:2: [model] missing key \"gain\"; expected a positive number");
  EXPECT_EQ(message_of<SpecError>([&] { root.section("dynamics").string("name"); }),
            "spec.toml: [dynamics] missing key \"name\"; expected a string");
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").fail("name", "no such thing"); }),
            "spec.toml:2:1: [model] name: no such thing");
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").fail("", "useless"); }),
            "spec.toml:1:2: [model] useless");
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").section("name"); }),
            "spec.toml:2:1: [model] name: expected a table, got \"radial\"");
  EXPECT_EQ(message_of<SpecError>([&] { root.number("model"); }),
            "spec.toml:1:2: model: expected a number, got a table");
}

struct Refused {
  const char* text;
  const char* message;
};

TEST(Spec, RefusesWrongTypesAndBounds) {
  const double inf = std::numeric_limits<double>::infinity();
  const auto number = [](const char* v, Bounds b) {
    return message_of<SpecError>([&] { section_of(std::string("[a]\nk = ") + v).number("k", b); });
  };
  EXPECT_EQ(number("nan", finite()), "spec.toml:2:1: [a] k: expected a number, got nan");
  EXPECT_EQ(number("-inf", finite()), "spec.toml:2:1: [a] k: expected a number, got -inf");
  EXPECT_EQ(number("inf", at_least(2)), "spec.toml:2:1: [a] k: expected a number of at least 2, got inf");
  EXPECT_EQ(number("0", positive()), "spec.toml:2:1: [a] k: expected a positive number, got 0");
  EXPECT_EQ(number("-1", non_negative()), "spec.toml:2:1: [a] k: expected a non-negative number, got -1");
  EXPECT_EQ(number("1.5", between(0, 1)), "spec.toml:2:1: [a] k: expected a number between 0 and 1, got 1.5");
  EXPECT_EQ(number("1", strictly_between(0, 1)),
            "spec.toml:2:1: [a] k: expected a number between 0 and 1 (exclusive), got 1");
  EXPECT_EQ(number("0.5", at_most(0.25)), "spec.toml:2:1: [a] k: expected a number of at most 0.25, got 0.5");
  EXPECT_EQ(number("1", greater_than(1)), "spec.toml:2:1: [a] k: expected a number greater than 1, got 1");
  EXPECT_EQ(number("\"3\"", finite()), "spec.toml:2:1: [a] k: expected a number, got \"3\"");
  EXPECT_EQ(number("true", finite()), "spec.toml:2:1: [a] k: expected a number, got true");
  EXPECT_EQ(number("[1, [2], {}]", finite()), "spec.toml:2:1: [a] k: expected a number, got [1, [...], a table]");
  EXPECT_TRUE(between(0, 1).contains(1));
  EXPECT_FALSE(positive().contains(inf));

  for (const auto& [text, message] : {Refused{"1.5", "1.5"}, Refused{"1e300", "1e+300"}, Refused{"\"1\"", "\"1\""},
                                      Refused{"inf", "inf"}, Refused{"nan", "nan"}})
    EXPECT_EQ(message_of<SpecError>([&] { section_of(std::string("[a]\nk = ") + text).integer("k"); }),
              std::string("spec.toml:2:1: [a] k: expected an integer, got ") + message);
  EXPECT_EQ(section_of("[a]\nk = 9007199254740993").integer("k"), 9007199254740993);  // 2^53 + 1, kept exactly
  EXPECT_EQ(section_of("[a]\nk = -9223372036854775808").integer("k"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = 0").integer("k", positive()); }),
            "spec.toml:2:1: [a] k: expected a positive integer, got 0");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = 1").boolean("k"); }),
            "spec.toml:2:1: [a] k: expected true or false, got 1");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = 1").string("k"); }),
            "spec.toml:2:1: [a] k: expected a string, got 1");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = [1.0, 2,\n 'x']").numbers("k"); }),
            "spec.toml:3:2: [a] k[2]: expected a number, got \"x\"");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = ['x', 1]").strings("k"); }),
            "spec.toml:2:11: [a] k[1]: expected a string, got 1");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = [1, 1]").range("k"); }),
            "spec.toml:2:1: [a] k: expected two increasing numbers, got [1.0, 1.0]");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = [{}, 1]").tables("k"); }),
            "spec.toml:2:10: [a] k[1]: expected a table, got 1");
  EXPECT_EQ(message_of<SpecError>([] { section_of("[a]\nk = {}").tables("k"); }),
            "spec.toml:2:1: [a] k: expected a list of tables, [{ ... }, ...], got a table");
}

TEST(Spec, ReadsLists) {
  const Section a = section_of("[a]\nn = [1, 2.5]\ns = 'one'\nl = ['w', 3]\nempty = []");
  EXPECT_EQ(a.numbers("n"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(a.strings("s"), (std::vector<std::string>{"one"}));
  EXPECT_EQ(a.labels("l"), (std::vector<std::string>{"w", "3"}));
  EXPECT_TRUE(a.strings("empty").empty());
  EXPECT_EQ(a.numbers("absent", {0.0, 5.0}), (std::vector<double>{0, 5}));
  EXPECT_EQ(a.integers("absent2", {4, 5}), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(a.strings("absent3", {"p", "q"}), (std::vector<std::string>{"p", "q"}));
  EXPECT_FALSE(a.optional_number("absent4"));
  EXPECT_FALSE(a.optional_section("absent5"));
  EXPECT_TRUE(a.tables("absent6").empty());
}

TEST(Spec, UnknownKeys) {
  const auto check = [](const std::string& text) {
    return message_of<SpecError>([&] {
      const Spec spec = Spec::from_string(text, "spec.toml");
      const Section model = root_section(spec).section("model");
      model.integer("dimension", 2);
      model.section("loss").number("radius", 1.0);
      for (const Section& h : model.tables("list")) h.integer("bins", 10);
      check_all_used(spec);
    });
  };
  EXPECT_EQ(check("[model]\ndimenson = 3"),
            "spec.toml:2:1: [model] unknown key \"dimenson\"; did you mean \"dimension\"?");
  EXPECT_EQ(check("[model]\nzzz = 1\nyyy = 2"),
            "spec.toml:2:1: [model] unknown key \"zzz\"; valid keys: dimension, loss, list");
  EXPECT_EQ(check("[modle]\na = 1"), "spec.toml:1:2: unknown key \"modle\"; did you mean \"model\"?");
  EXPECT_EQ(check("[model]\nloss = { radus = 1 }"),
            "spec.toml:2:10: [model.loss] unknown key \"radus\"; did you mean \"radius\"?");
  EXPECT_EQ(check("[model]\nlist = [{bins = 1}, {\"bin.s\" = 2}]"),
            "spec.toml:2:22: [model.list[1]] unknown key \"bin.s\"; did you mean \"bins\"?");
  // A key that is only asked about with has() is known, yet not read.
  const Spec spec = Spec::from_string("noise = 1", "spec.toml");
  EXPECT_TRUE(root_section(spec).has("noise"));
  EXPECT_THROW(check_all_used(spec), SpecError);
  EXPECT_EQ(
      message_of<SpecError>([] { section_of("[a]\ndimenson = 3").integer("dimension", positive()); }),
      "spec.toml:2:1: [a] unknown key \"dimenson\"; did you mean \"dimension\"? (that key is required: a positive "
      "integer)");
}

TEST(Spec, DefaultsAndOrder) {
  const auto read = [](Spec spec) {
    const Section a = root_section(spec).section("a");
    a.number("x", 1.5);
    a.integer("n", 3);
    a.choice("c", {"p", "q"}, "q");
    a.range("r", {0, 1});
    root_section(spec).section("b").boolean("flag", false);
    check_all_used(spec);
    return to_json(spec);
  };
  const Json full = Json::parse(R"({"a":{"x":2.0,"n":1000000,"c":"q","r":[0.0,1.0]},"b":{"flag":false}})");
  EXPECT_EQ(read(Spec::from_string("[a]\nn=1e6\nx=2")).dump(), full.dump());
  EXPECT_EQ(read(Spec::from_string("[b]\n[a]\nx=2.0\nn=1_000_000")).dump(), full.dump());
  // The complete spec of a summary reads back as itself.
  EXPECT_EQ(read(spec_from_json(full)).dump(), full.dump());
  EXPECT_EQ(message_of<SpecError>([&] {
              root_section(spec_from_json(Json::parse(R"({"a":{"x":null}})"), "s.json")).section("a").number("x");
            }),
            "s.json: [a] x: expected a number, got null");
  EXPECT_EQ(message_of<SpecError>([&] { spec_from_json(Json::array()); }),
            "summary.json: expected the spec to be a table, got []");
}

TEST(Spec, Set) {
  Spec spec = Spec::from_string(example, "spec.toml");
  spec.set("ensemble.step = 2e-3");
  spec.set("model.name=hadamard");
  spec.set("model.loss.stiffness=-1");
  spec.set("data.x=../data/a file.csv");
  spec.set("observe.histogram.1.bins=50");
  spec.set("compare.laws=['a', \"b\"]");
  const Section root = root_section(spec);
  EXPECT_EQ(root.section("ensemble").number("step", positive()), 2e-3);
  EXPECT_EQ(root.section("model").string("name"), "hadamard");
  EXPECT_EQ(root.section("data").string("x"), "../data/a file.csv");
  EXPECT_EQ(root.section("observe").tables("histogram")[1].integer("bins"), 50);
  EXPECT_EQ(root.section("compare").strings("laws"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").section("loss").number("stiffness", positive()); }),
            "--set model.loss.stiffness: [model.loss] stiffness: expected a positive number, got -1");
  spec.set("model.loss={kind='quartic', bad=1}");  // the places of the old table are gone
  EXPECT_EQ(message_of<SpecError>([&] { root.section("model").section("loss").string("bad"); }),
            "--set model.loss: [model.loss] bad: expected a string, got 1");

  for (const char* bad : {"", "a", "=1", ".a=1", "a.=1", "a..b=1", "a b=1", "a=", "a=  ", "a=[1", "a='x", "a={",
                          "model.name.deep=1", "observe.histogram.2.bins=1", "observe.histogram.x=1", "a=1\nb=2"})
    EXPECT_THROW(spec.set(bad), SpecError) << bad;
  EXPECT_EQ(message_of<SpecError>([&] { spec.set("model.name.deep=1"); }),
            "--set model.name.deep: \"model.name\" is not a table");
}

TEST(Spec, CopiesAreIndependent) {
  Spec spec = Spec::from_string(example, "spec.toml");
  root_section(spec).section("model").integer("dimension");
  Spec copy = spec;
  copy.set("model.dimension=5");
  EXPECT_EQ(root_section(copy).section("model").integer("dimension"), 5);
  EXPECT_EQ(root_section(spec).section("model").integer("dimension"), 3);
}

TEST(Spec, MalformedToml) {
  const auto message = [](const std::string& text) {
    return message_of<SpecError>([&] { Spec::from_string(text, "spec.toml"); });
  };
  const std::pair<std::string, std::string> cases[] = {{"a = ", "spec.toml:1:"},
                                                       {"a = 1\nb = [1,", "spec.toml:2:"},
                                                       {"a = 1\na = 2", "spec.toml:2:"},
                                                       {"x = 1\n\ny = 'abc\n", "spec.toml:3:"},
                                                       {"[a\nb = 1", "spec.toml:1:"},
                                                       {"a = 1 b = 2", "spec.toml:1:"},
                                                       {"a = 1\nb = \"\xff\"", "spec.toml:2:"},
                                                       {"\xfe\xff", "spec.toml:1:"},
                                                       {"a = 1e", "spec.toml:1:"},
                                                       {"a = 99999999999999999999", "spec.toml:1:"},
                                                       {"[a]\n[a]", "spec.toml:2:"},
                                                       {std::string("a = 1\n\0b", 8), "spec.toml:2:"}};
  for (const auto& [text, place] : cases)
    EXPECT_EQ(message(text).substr(0, place.size()), place) << text << " -> " << message(text);
  EXPECT_EQ(message("[a]\nday = 1979-05-27").substr(0, 31), "spec.toml:2:7: dates and times ");
  std::string deep = "a = ";
  for (int i = 0; i < 100; ++i) deep += "[";
  for (int i = 0; i < 100; ++i) deep += "]";
  EXPECT_EQ(message(deep).substr(0, 10), "spec.toml:");
  std::string dotted = "a";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  EXPECT_EQ(message("x = 1\n" + dotted + " = 1").substr(0, 12), "spec.toml:2:");
  std::string list = "k = [0.5";
  for (int i = 0; i < 10'000; ++i) list += ", 0.5";
  EXPECT_EQ(root_section(Spec::from_string(list + "]")).numbers("k").size(), 10'001u);
  std::string wide = "[t]\n";
  for (int i = 0; i < 50'000; ++i) wide += "k" + std::to_string(i) + "=1\n";
  EXPECT_EQ(root_section(Spec::from_string(wide)).section("t").keys().size(), 50'000u);
}

TEST(Spec, Files) {
  const testing::TemporaryFolder folder;
  const std::string good = folder.write("good.toml", "\xEF\xBB\xBF[data]\nx = 'sub/../x.csv'\ny = '/abs/y.csv'\n");
  const Spec spec = Spec::from_file(good);
  EXPECT_EQ(spec.directory(), std::filesystem::path(folder.path()).string());
  EXPECT_EQ(root_section(spec).section("data").path("x"), folder / "x.csv");
  EXPECT_EQ(root_section(spec).section("data").path("y"), "/abs/y.csv");

  EXPECT_EQ(message_of<IoError>([&] { Spec::from_file(folder / "none.toml"); }),
            folder / "none.toml: cannot open: No such file or directory");
  EXPECT_EQ(message_of<IoError>([&] { Spec::from_file(folder.path()); }),
            folder.path() + ": cannot read: Is a directory");
  EXPECT_EQ(message_of<SpecError>([&] { Spec::from_file(folder.write("empty.toml", "\n \n")); }),
            folder / "empty.toml: the spec is empty");
  const std::string latin = folder.write("latin.toml", "[a]\nname = 'caf\xe9'\n");
  EXPECT_EQ(message_of<SpecError>([&] { Spec::from_file(latin); }).substr(0, latin.size() + 3), latin + ":2:");
  EXPECT_NE(message_of<IoError>([&] { Spec::from_file("/dev/zero"); }).find("not a file but a device"),
            std::string::npos);
  EXPECT_EQ(message_of<IoError>([&] { Spec::from_file("/proc/self/mem"); }),
            "/proc/self/mem: cannot read: Input/output error");
}

TEST(Spec, FileWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("spec.toml", "a = 1\n");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  EXPECT_EQ(message_of<IoError>([&] { Spec::from_file(path); }), path + ": cannot open: Permission denied");
}

}  // namespace
}  // namespace orbitwalk
