// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "orbitwalk/io/json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/io_testing.hpp"

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

}  // namespace
}  // namespace orbitwalk
