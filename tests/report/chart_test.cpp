// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "support/io_testing.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using testing::message_of;

const Json every_kind = Json::parse(R"({
  "name": "all", "title": "Every kind", "caption": "One of each.", "columns": 2, "share_x": false,
  "panels": [
    {"title": "first", "x_label": "x", "y_label": "y", "x_scale": "log", "y_scale": "symlog", "x_limits": [1.0, 9.0], "y_limits": [-2.5, 4.0], "height": 2.0,
     "colour_scale": {"label": "index", "from": 1.0, "to": 64.0},
     "layers": [
       {"kind": "steps", "label": "s", "edges": [0.0, 1.0, 2.0], "y": [0.5, null], "lower": [0.4, null], "upper": [0.6, null]},
       {"kind": "line", "style": 2, "value": 3.0, "x": [1.0, 2.0], "y": [3.0, 4.0]},
       {"kind": "fan", "style": 1, "x": [1.0, 2.0], "levels": [0.05, 0.5, 0.95], "quantiles": [[1.0, null], [2.0, 2.5], [3.0, 3.5]]}]},
    {"x_ticks": [[1.0, "one"], [2.0, "two"]],
     "layers": [
       {"kind": "points", "label": "p", "x": [1.0], "y": [2.0], "lower": [1.5], "upper": [2.5]},
       {"kind": "bars", "x": [1.0], "y": [2.0]},
       {"kind": "reference", "label": "limit", "at": [1.0, 2.0], "vertical": true}]}]})");

TEST(Charts, AreTheSameAfterJson) { EXPECT_EQ(chart_to_json(chart_from_json(every_kind, "here")), every_kind); }

TEST(Charts, MissingNumbersAreGaps) {
  const Chart chart = chart_from_json(every_kind, "here");
  EXPECT_TRUE(std::isnan(chart.panels[0].layers[0].y[1]));
  EXPECT_TRUE(std::isnan(chart.panels[0].layers[2].quantiles[0][1]));
  const Chart infinite{"a", "", "", 1, true, {Panel{}}};
  Chart with = infinite;
  with.panels[0].layers = {Layer::line("", 1, {1, 2}, {INFINITY, 1})};
  EXPECT_EQ(chart_to_json(with)["panels"][0]["layers"][0]["y"].dump(), "[null,1.0]");
}

TEST(Charts, AreMadeInOneLine) {
  const Layer bars = Layer::bars("b", 1, {1, 2}, {3, 4}).between({2, 3}, {4, 5});
  EXPECT_EQ(bars.kind, Layer::Kind::bars);
  EXPECT_EQ(bars.upper, (std::vector<double>{4, 5}));
  EXPECT_TRUE(Layer::vertical_line("", 0, {1}).vertical);
  EXPECT_FALSE(Layer::horizontal("", 0, {1}).vertical);
}

// What cannot be drawn, and the place that is named for it.
TEST(Charts, ThatCannotBeDrawnAreRefused) {
  const auto refusal = [](const char* pointer, const char* value) {
    Json broken = every_kind;
    broken[Json::json_pointer(pointer)] = Json::parse(value);
    return message_of<IoError>([&] { chart_from_json(broken, "here"); });
  };
  EXPECT_EQ(refusal("/panels/0/layers/0/kind", R"("pie")"),
            "here: chart \"all\", panel 1, layer 1: unknown kind of layer \"pie\"");
  EXPECT_EQ(refusal("/panels/0/x_scale", R"("cubic")"),
            "here: chart \"all\", panel 1: unknown scale \"cubic\"; linear, log or symlog");
  EXPECT_EQ(refusal("/panels", "[]"), "here: chart \"all\": needs 1 to 64 panels");
  EXPECT_EQ(refusal("/columns", "0"), "here: chart \"all\": needs 1 to 8 columns");
  EXPECT_EQ(refusal("/panels/0/layers/1/y", "[1.0]"),
            "here: chart \"all\", panel 1, layer 2: y has 1 numbers where 2 are needed");
  EXPECT_EQ(refusal("/panels/0/layers/0/edges", "[0.0, 1.0]"),
            "here: chart \"all\", panel 1, layer 1: edges has 2 numbers where 3 are needed");
  EXPECT_EQ(refusal("/panels/0/layers/0/upper", "[]"),
            "here: chart \"all\", panel 1, layer 1: lower and upper go together");
  EXPECT_EQ(refusal("/panels/0/layers/2/levels", "[0.5, 0.05, 0.95]").substr(0, 64),
            "here: chart \"all\", panel 1, layer 3: the levels of a fan must be");
  EXPECT_EQ(refusal("/panels/0/layers/2/levels", "[]").substr(0, 64),
            "here: chart \"all\", panel 1, layer 3: the levels of a fan must be");
  EXPECT_EQ(refusal("/panels/1/layers/2/at", "[]"), "here: chart \"all\", panel 2, layer 3: a reference needs \"at\"");
  EXPECT_EQ(refusal("/panels/1/height", "-1.0"), "here: chart \"all\", panel 2: a height lies between 0 and 100");
  EXPECT_EQ(refusal("/panels/0/layers/0/y", R"(["one", 2])").substr(0, 17), "here: not a chart");
  EXPECT_EQ(message_of<IoError>([] { chart_from_json(Json::array(), "here"); }).substr(0, 17), "here: not a chart");
  EXPECT_EQ(message_of<IoError>([] { chart_from_json(Json(3), "here"); }).substr(0, 17), "here: not a chart");
}

}  // namespace
}  // namespace orbitwalk
