// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "support/json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using testing::message_of;

TEST(JsonText, NumbersReadBack) {
  for (const double x : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e22})
    EXPECT_EQ(Json::parse(pretty(json_number(x))).get<double>(), x);
  EXPECT_EQ(pretty(json_numbers({1, NAN, -std::numeric_limits<double>::infinity()})), "[1.0, null, null]\n");
  EXPECT_EQ(pretty(Json(NAN)), "null\n");
}

TEST(JsonText, Layout) {
  const Json json = Json::parse(R"({"z":1,"a":{"list":[1,2],"none":[],"of":[{"x":"y"},[3]]},"e":{}})");
  EXPECT_EQ(pretty(json), R"({
  "z": 1,
  "a": {
    "list": [1, 2],
    "none": [],
    "of": [
      {
        "x": "y"
      },
      [3]
    ]
  },
  "e": {}
}
)");
  EXPECT_EQ(Json::parse(pretty(json)), json);
  EXPECT_EQ(pretty(Json("\xff")), "\"\xEF\xBF\xBD\"\n");
}

TEST(JsonText, Files) {
  const testing::TemporaryFolder folder;
  write_json(folder / "a.json", {{"k", 1.5}});
  EXPECT_EQ(read_json(folder / "a.json")["k"], 1.5);
  const std::string bad = folder.write("bad.json", "{\"k\": ");
  EXPECT_EQ(message_of<IoError>([&] { read_json(bad); }).substr(0, bad.size() + 16), bad + ": not valid JSON");
  EXPECT_THROW(read_json(folder / "none.json"), IoError);
}

TEST(JsonText, ForeignFilesAreNotReadDeeperThanTheStackAllows) {
  const testing::TemporaryFolder folder;
  const auto nested = [&](std::size_t depth, const std::string& open, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "\"[[[[\\\"[[[\"";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return folder.write("deep.json", text);
  };
  const std::pair<std::string, std::string> brackets[] = {{"[", "]"}, {"{\"a\":", "}"}};
  for (const auto& [open, close] : brackets) {
    EXPECT_NO_THROW(pretty(read_json(nested(256, open, close))));
    for (const std::size_t depth : {257, 20'000, 200'000}) {
      const std::string path = nested(depth, open, close);
      EXPECT_EQ(message_of<IoError>([&] { read_json(path); }),
                path + ": nested deeper than 256 levels, so it is not a result of orbitwalk");
    }
  }
}

}  // namespace
}  // namespace orbitwalk
