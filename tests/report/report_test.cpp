// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/report.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/io_testing.hpp"
#include "support/json.hpp"

namespace orbitwalk {
namespace {

using Json = nlohmann::ordered_json;
using testing::message_of;

// Ten bins on [0, 1], with the counts of a linear density.
Json observable() {
  Json o = Json::parse(
      R"({"count": 0, "mean": 0.6, "standard_error": 0.002, "variance": 0.05, "variance_standard_error": 0.001, "minimum": 0.01, "maximum": 0.99,
    "effective_sample_size": 5000.0, "under": 0, "over": 0, "non_finite": 0, "last_quantiles": {"levels": [0.05, 0.5, 0.95], "values": [0.2, 0.6, 0.9]}})");
  for (int i = 0; i <= 10; ++i) o["histogram"]["edges"].push_back(0.1 * i);
  for (int i = 0; i < 10; ++i) o["histogram"]["counts"].push_back(100 * (2 * i + 1));
  o["count"] = 10000;
  return o;
}

Json law(const std::string& name, const std::string& of, double slope) {
  Json l = {{"name", name},         {"observable", of}, {"mean", 0.66},         {"variance", 0.05},
            {"mean_z", 1.0},        {"ks", 0.01},       {"ks_critical", 0.02},  {"p_value", 0.5},
            {"wasserstein1", 0.01}, {"kl", 0.001},      {"verdict", "accepted"}};
  for (int i = 0; i < 10; ++i) l["density"].push_back(1 + slope * (0.1 * i - 0.45));
  return l;
}

Json summary(const std::vector<std::string>& names) {
  Json s = Json::parse(
      R"({"program": "orbitwalk", "version": "0.1.0", "spec": {"model": {"name": "radial"}, "dynamics": {"name": "langevin", "step": 0.01}}, "backend": "cpu",
    "device": "here", "threads": 1, "ranks": 1, "seed": 7, "precision": "float", "particles": 5000, "steps": 10, "diverged": {"count": 0, "first_step": null},
    "degenerate_projections": 0, "wall_seconds": 1.5, "particle_steps_per_second": 33333.0, "digest": "fnv1a64:00", "observables": {}, "stationarity": {}, "laws": [], "notes": []})");
  for (const auto& name : names) {
    s["observables"][name] = observable();
    s["stationarity"][name] = {{"nested_rhat", 1.0}, {"drift_ks", 0.01}, {"stationary", true}};
  }
  return s;
}

void add_series(Json& s, const std::string& spacing) {
  Json& series = s["series"] = {{"steps", {1, 10, 100}},
                                {"spacing", spacing},
                                {"levels", {0.05, 0.25, 0.5, 0.75, 0.95}},
                                {"observables", Json::object()}};
  double shift = 0;
  for (const auto& [name, o] : s["observables"].items()) {
    Json& each = series["observables"][name];
    for (int t = 0; t < 3; ++t)
      each["quantiles"].push_back({shift - 2.0, shift - 1.0, shift + 0.0, shift + 1.0, shift + 2.0});
    each["quantiles"][0][2] = nullptr;
    each["mean"] = {nullptr, shift, shift};
    each["standard_error"] = {0.1, 0.1, nullptr};
    each["count"] = {5000, 5000, 5000};
    shift += 1;
  }
}

class Reports : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder;

  std::string run(const std::string& name, const Json& content) {
    std::filesystem::create_directories(folder / name);
    write_json(folder / name + "/summary.json", content);
    return folder / name;
  }
  static std::string html(const Page& page) {
    return page.html([](const std::string& name) { return "[" + name + "]"; });
  }
  static const Chart& chart(const Page& page, const std::string& name) {
    for (const Chart& each : page.charts()) {
      if (each.name == name) return each;
    }
    throw std::out_of_range("no chart " + name);
  }
  static std::vector<std::string> names(const Page& page) {
    std::vector<std::string> result;
    for (const Chart& each : page.charts()) result.push_back(each.name);
    return result;
  }
};

// The conclusion comes before every table, even where several runs are compared.
TEST_F(Reports, BeginWithTheConclusion) {
  Json first = summary({"r"}), second = summary({"r"});
  first["conclusion"] = {"Noise across the orbits only: it holds.", "And it drifts."};
  second["conclusion"] = {"Isotropic noise: it does not."};
  const std::string one = html(compose_report({run("one", first)}));
  ASSERT_NE(one.find("it holds."), std::string::npos);
  EXPECT_LT(one.find("it holds."), one.find("And it drifts."));
  EXPECT_LT(one.find("And it drifts."), one.find("<table"));
  const std::string both = html(compose_report({run("one", first), run("two", second)}));
  EXPECT_LT(both.find("one: Noise across the orbits only: it holds."), both.find("<table"));
  EXPECT_LT(both.find("two: Isotropic noise: it does not."), both.find("<table"));
  EXPECT_NE(html(compose_report({run("old", summary({"r"}))})).find("<table"), std::string::npos)
      << "results of earlier versions have no conclusion";
}

TEST_F(Reports, DensitiesLawsAndResiduals) {
  Json s = summary({"r"});
  s["laws"] = {law("exact", "r", 2), law("flat", "r", 0)};
  const Page page = compose_report({run("one", s)});
  ASSERT_EQ(names(page), std::vector<std::string>{"one-density-r"});
  const Chart& density = page.charts()[0];
  ASSERT_EQ(density.panels.size(), 2u);
  const auto& layers = density.panels[0].layers;
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].kind, Layer::Kind::steps);
  EXPECT_NEAR(layers[0].y[9], 1.9, 1e-12);  // 1900 of 10000 in a bin of 0.1
  EXPECT_NEAR(layers[0].upper[9] - layers[0].y[9], 2 * std::sqrt(0.19 * 0.81 / 5000) / 0.1, 1e-12)
      << "errors at the effective sample size";
  EXPECT_EQ(layers[1].label, "exact");
  EXPECT_EQ(layers[2].label, "flat");
  const Layer &exact = density.panels[1].layers[0], &flat = density.panels[1].layers[1];
  for (const double r : exact.y) EXPECT_NEAR(r, 0, 1e-9);
  EXPECT_NEAR(flat.y.back(), (0.19 - 0.1) / std::sqrt(0.19 * 0.81 / 5000), 1e-9);
  EXPECT_LT(flat.y.front(), -5);
}

TEST_F(Reports, ALawInAWindowIsScaledToItsShare) {
  Json s = summary({"r"});
  s["laws"] = {law("exact", "r", 2)};
  s["laws"][0]["window"] = {0.5, 1.0};
  for (int i = 0; i < 10; ++i)
    s["laws"][0]["density"][i] = i < 5 ? 0.0 : 0.2 * i + 0.1 > 0 ? (0.2 * i + 0.1) / 0.75 : 0;
  const Page page = compose_report({run("one", s)});
  const Layer& line = page.charts()[0].panels[0].layers[1];
  EXPECT_TRUE(std::isnan(line.y[4]));
  EXPECT_NEAR(line.y[9], 1.9, 1e-9);
  for (const double r : page.charts()[0].panels[1].layers[0].y) EXPECT_NEAR(r, 0, 1e-9);
}

TEST_F(Reports, NumberedNamesAreOneGroup) {
  std::vector<std::string> observables = {"loss", "w10"};
  for (int i = 1; i <= 9; ++i) observables.push_back("w" + std::to_string(i));
  observables.insert(observables.end(), {"ratio1", "ratio2", "theta1"});
  Json s = summary(observables);
  add_series(s, "logarithmic");
  const Page page = compose_report({run("one", s)});
  EXPECT_EQ(names(page), (std::vector<std::string>{"one-density-loss", "one-density-ratio1", "one-density-ratio2",
                                                   "one-density-theta1", "one-series-loss", "one-medians-w",
                                                   "one-series-w", "one-medians-ratio", "one-series-ratio",
                                                   "one-series-theta1", "one-last-w", "one-last-ratio"}));
  const Panel& many = chart(page, "one-medians-w").panels[0];
  EXPECT_EQ(many.x_scale, "log");
  ASSERT_EQ(many.layers.size(), 10u);
  EXPECT_EQ(many.layers[0].value, 1.0);
  EXPECT_EQ(many.layers[9].value, 10.0);
  EXPECT_EQ(many.layers[9].y[1], 1.0) << "w10 comes last, by its number, with its own values";
  EXPECT_TRUE(std::isnan(many.layers[0].y[0])) << "a quantile that is not known";
  const Panel& few = chart(page, "one-medians-ratio").panels[0];
  EXPECT_EQ(few.layers[0].label, "ratio1");
  EXPECT_NE(few.layers[0].style, few.layers[1].style);
  EXPECT_EQ(chart(page, "one-series-w").panels.size(), 8u);
  EXPECT_EQ(chart(page, "one-series-w").panels.back().title, "w10");
  EXPECT_EQ(chart(page, "one-series-loss").panels[0].layers[0].label, "median; 25–75 %, 5–95 %");
  const Layer& last = chart(page, "one-last-w").panels[0].layers[0];
  EXPECT_EQ(last.x.size(), 10u);
  EXPECT_EQ(std::tuple(last.lower[3], last.y[3], last.upper[3]), std::tuple(0.2, 0.6, 0.9));
  // Ten densities without a law are shown by index only; with a law, or without the values of the particles, they are
  // drawn.
  Json with_law = s;
  with_law["laws"] = {law("exact", "w3", 2)};
  EXPECT_EQ(chart(compose_report({run("lawful", with_law)}), "lawful-densities-w1-w10").panels.size(), 10u);
  Json without_values = s;
  without_values["observables"]["w4"].erase("last_quantiles");
  EXPECT_EQ(chart(compose_report({run("bare", without_values)}), "bare-densities-w1-w10").panels.size(), 10u);
  add_series(s, "linear");
  EXPECT_EQ(chart(compose_report({run("two", s)}), "two-medians-w").panels[0].x_scale, "linear");
}

TEST_F(Reports, OfSeveralRunsComparesThem) {
  Json s = summary({"r", "only_here"}), other = summary({"r"});
  s["laws"] = {law("exact", "r", 2)};
  other["laws"] = {law("exact", "r", 0)};
  other["laws"][0]["verdict"] = "rejected";
  const Page page = compose_report({run("a/run", s), run("b/run", other), run("third", other)});
  const std::string text = html(page);
  EXPECT_NE(text.find("<title>Report on 3 runs</title>"), std::string::npos);
  const Chart& together = chart(page, "runs-density-r");
  EXPECT_EQ(together.panels[0].layers.size(), 3u);
  EXPECT_EQ(together.panels[0].layers[0].label, folder / "a/run") << "folders of the same name are told apart";
  EXPECT_EQ(together.panels[0].layers[2].label, "third");
  EXPECT_THROW(chart(page, "runs-density-only-here"), std::out_of_range);
  EXPECT_NE(text.find("<td class=\"bad\">rejected</td>"), std::string::npos);
  EXPECT_NE(text.find("<a href=\"#part-run-third\">third</a>"), std::string::npos);
}

TEST_F(Reports, OfAnExperiment) {
  run("experiment/runs/a", summary({"r"}));
  Json experiment = Json::parse(
      R"({"name": "noise", "title": "A <title>", "text": ["Said."], "runs": [{"label": "first", "directory": "runs/a"}],
    "claims": [{"claim": "c1", "measured": "m1", "holds": true, "detail": ""}, {"claim": "c2", "measured": 0.25, "holds": false, "detail": ""},
               {"claim": "c3", "measured": null, "holds": null, "detail": ""}],
    "tables": [{"title": "T", "columns": ["a", "b"], "rows": [[1, 2.5], ["x", null]], "note": "N"}],
    "charts": [{"name": "own", "title": "Own", "panels": [{"layers": [{"kind": "line", "x": [1, 2], "y": [1, null]}]}]}],
    "reduced": "fewer steps", "provenance": {"command": "orbitwalk"}})");
  write_json(folder / "experiment/experiment.json", experiment);
  const Page page = compose_report({folder / "experiment"});
  EXPECT_EQ(names(page), (std::vector<std::string>{"noise-own", "first-density-r"}));
  const std::string text = html(page);
  for (const std::string part : {"<title>A &lt;title&gt;</title>", "<p>Said.</p>", ">holds</td>", ">does not hold</td>",
                                 ">not decided</td>", "<td>0.25</td>", "Reduced: fewer steps",
                                 "<td class=\"n\">2.5</td>", "command = &quot;orbitwalk&quot;", "Run first"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_NE(html(compose_report({folder / "experiment", run("plain", summary({"r"}))}))
                .find("Report on 1 experiment and 1 run"),
            std::string::npos);
  experiment["charts"][0]["panels"][0]["layers"][0]["y"] = {1};
  write_json(folder / "experiment/experiment.json", experiment);
  EXPECT_EQ(
      message_of<IoError>([&] { compose_report({folder / "experiment"}); }),
      folder / "experiment" + "/experiment.json: chart \"own\", panel 1, layer 1: y has 1 numbers where 2 are needed");
  write_json(folder / "experiment/experiment.json", Json::parse(R"({"runs": 3})"));
  EXPECT_NE(message_of<IoError>([&] {
              compose_report({folder / "experiment"});
            }).find("experiment.json: not an experiment of orbitwalk"),
            std::string::npos);
}

TEST_F(Reports, EscapesWhatFilesSay) {
  const std::string evil = "<script>alert(1)</script>";
  Json s = summary({evil});
  s["laws"] = {law(evil, evil, 2)};
  s["notes"] = {evil};
  for (const char* key : {"version", "backend", "device", "digest", "precision"}) s[key] = evil;
  s["spec"]["model"]["name"] = evil;
  s["spec"][evil] = {{evil, {evil, {{evil, evil}}}}};
  add_series(s, "logarithmic");
  const std::string text = html(compose_report({run(evil.substr(0, 8), s), run("second", s)}));
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_GT(text.size(), 1000u);
}

TEST_F(Reports, OfDamagedSummariesNameTheFile) {
  const auto refusal = [&](const char* pointer, const Json& value) {
    Json s = summary({"r", "w1", "w2"});
    s["laws"] = {law("exact", "r", 2)};
    add_series(s, "logarithmic");
    s[Json::json_pointer(pointer)] = value;
    const std::string where = run("damaged", s) + "/summary.json: ";
    const std::string message = message_of<IoError>([&] { compose_report({folder / "damaged"}); });
    EXPECT_EQ(message.substr(0, where.size()), where);
    return message.substr(std::min(message.size(), where.size()));
  };
  EXPECT_EQ(refusal("/laws/0/density", {1.0}), "a law's density needs one number a bin");
  EXPECT_EQ(refusal("/series/observables/r/quantiles", Json::array()),
            "the series of r needs quantiles at an odd number of levels for each step");
  EXPECT_EQ(refusal("/series/observables/r/quantiles/1", {1.0}), "the series of r needs one quantile a level");
  EXPECT_EQ(refusal("/series/observables/r/mean", {1.0}), "the series of r needs one mean and error a step");
  EXPECT_EQ(refusal("/series/levels", {0.05, 0.5}),
            "the series of r needs quantiles at an odd number of levels for each step");
  EXPECT_EQ(refusal("/observables/w2/last_quantiles/values", {1.0}), "the last quantiles of w2 need one value a level");
  EXPECT_EQ(refusal("/series", 3).substr(0, 24), "not a summary of orbitwa");
  EXPECT_EQ(refusal("/spec", 3).substr(0, 24), "not a summary of orbitwa");
  EXPECT_THROW(compose_report({folder / "nowhere"}), IoError);
}

TEST_F(Reports, WithoutValuesShowNoChart) {
  Json s = summary({"r"});
  Json& o = s["observables"]["r"];
  o["count"] = 0;
  for (const char* key :
       {"mean", "standard_error", "variance", "variance_standard_error", "minimum", "maximum", "effective_sample_size"})
    o[key] = nullptr;
  for (Json& count : o["histogram"]["counts"]) count = 0;
  s["particle_steps_per_second"] = nullptr;
  EXPECT_TRUE(compose_report({run("none", s)}).charts().empty());
}

}  // namespace
}  // namespace orbitwalk
