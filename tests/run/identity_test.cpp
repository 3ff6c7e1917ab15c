// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "run/identity.hpp"

#include <nlohmann/json.hpp>

#include "run/problems.hpp"

namespace orbitwalk::test {
namespace {

using Json = nlohmann::ordered_json;

class Identity : public testing::Test {
 protected:
  Json of(const std::string& setting = "",
          const std::vector<IdentifiedFile>& files = {{"data.file", "/a/data/d.csv", "fnv1a64:1"}},
          const std::string& phase = "") {
    Spec spec = small_spec(300);
    if (!setting.empty()) spec.set(setting);
    const Problem problem = build_problem(spec);
    Json json = to_json(spec);
    json["data"] = {{"file", "data/d.csv"}, {"target", {"y"}}};
    return run_identity(json, files, {{"--accuracy", 0.1}}, phase, problem);
  }
  std::string against(const Json& now) { return differences_text(differences(of(), now)); }
};

TEST_F(Identity, OfTheSameRunHasNoDifferences) { EXPECT_EQ(against(of()), ""); }

TEST_F(Identity, NamesTheKeyThatDiffers) {
  EXPECT_EQ(against(of("ensemble.seed=12")), "ensemble.seed was 11 and is now 12");
  EXPECT_EQ(against(of("dynamics.step=0.01")), "dynamics.step was 0.02 and is now 0.01");
  EXPECT_EQ(against(of("observe.histogram.0.bins=31")), "observe.histogram[0].bins was 30 and is now 31");
  EXPECT_EQ(against(of("model.dimension=4")), "model.dimension was 3 and is now 4");
}

TEST_F(Identity, NamesTheOptionThatDiffers) {
  Json other = of();
  other["options"]["--accuracy"] = 0.2;
  EXPECT_EQ(against(other), "--accuracy was 0.1 and is now 0.2");
  other["options"] = Json::object();
  EXPECT_EQ(against(other), "--accuracy was 0.1 and is gone");
}

TEST_F(Identity, NamesTheFileWhoseContentHasChanged) {
  EXPECT_EQ(against(of("", {{"data.file", "/a/data/d.csv", "fnv1a64:2"}})), "the content of /a/data/d.csv has changed");
  EXPECT_EQ(against(of("", {})),
            "the file /a/data/d.csv is no longer read; data.file was \"(a file)\" and is now \"data/d.csv\"");
  EXPECT_EQ(against(of("", {{"data.file", "/a/data/d.csv", "fnv1a64:1"}, {"data.truth", "/a/t.csv", "fnv1a64:3"}})),
            "the file /a/t.csv is new");
}

TEST_F(Identity, IsTheContentAndNotThePath) {
  EXPECT_EQ(against(of("", {{"data.file", "/moved/data/d.csv", "fnv1a64:1"}})), "");
  Json renamed = to_json(small_spec(300));
  renamed["data"] = {{"file", "e.csv"}, {"target", {"y"}}};
  Json identity = of();
  identity["spec"]["data"] = with_hidden_paths(renamed, {{"data.file", "/b/e.csv", "fnv1a64:1"}})["data"];
  EXPECT_EQ(against(identity), "");
}

TEST_F(Identity, NamesAnotherBuild) {
  Json other = of();
  EXPECT_EQ(other["build"], build_id());
  other["build"] = "0.0.1 abc";
  EXPECT_EQ(against(other), "it is from another build of the program, " + build_id() + ", and this is 0.0.1 abc");
  EXPECT_GT(build_id().size(), 15u);
}

TEST_F(Identity, NamesAnotherPhaseOfTheSameSpec) {
  EXPECT_EQ(against(of("", {{"data.file", "/a/data/d.csv", "fnv1a64:1"}}, "pilot")),
            "phase was \"\" and is now \"pilot\"");
  Json rung = of();
  rung["plan"]["step"] = 0.04;
  EXPECT_EQ(against(rung), "plan.step was 0.02 and is now 0.04");
}

TEST_F(Identity, ManyDifferencesAreCounted) {
  Json other = of("ensemble.seed=12");
  for (const char* key : {"burn_in", "steps", "every", "particles"}) other["spec"]["ensemble"][key] = 1;
  EXPECT_NE(against(other).find("; and 1 more"), std::string::npos) << against(other);
}

TEST_F(Identity, OfSomethingElseIsDifferentAndNoCrash) {
  for (const char* text :
       {"null", "3", "[]", "{}", "{\"build\":3,\"files\":7,\"spec\":[1]}", "{\"files\":[1,null,{\"role\":[]}]}"}) {
    EXPECT_FALSE(differences(Json::parse(text), of()).empty()) << text;
  }
}

}  // namespace
}  // namespace orbitwalk::test
