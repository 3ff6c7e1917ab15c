// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
// What integrators and noises say of themselves: which pairs make sense, and that nothing is left unsaid.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dynamics/catalog.hpp"
#include "dynamics/registry.hpp"
#include "integrators/simulate.hpp"
#include "kernels/integrators/list.hpp"
#include "orbitwalk/error.hpp"

namespace orbitwalk::test {
namespace {

// Pairs that make sense, and as twins those that do not.
static_assert(Takes<EulerMaruyama, IsotropicNoise> && Takes<EulerMaruyama, ProjectedNoise> &&
              Takes<EulerMaruyama, GeometricNoise>);
static_assert(!Takes<EulerMaruyama, MinibatchNoise>, "a stochastic gradient is not added to a gradient");
static_assert(Takes<LeimkuhlerMatthews, IsotropicNoise>);
static_assert(!Takes<LeimkuhlerMatthews, ProjectedNoise> && !Takes<LeimkuhlerMatthews, GeometricNoise>,
              "additive noise only");
static_assert(Takes<StochasticHeun, ProjectedNoise> && !Takes<StochasticHeun, GeometricNoise>);
static_assert(Takes<Baoab, IsotropicNoise> && !Takes<Baoab, ProjectedNoise> && !Takes<Baoab, SurrogateNoise>);
static_assert(Takes<Mala, IsotropicNoise> && !Takes<Mala, ProjectedNoise> && !Takes<Mala, FullBatch>);
static_assert(Takes<ConstrainedMala, IsotropicNoise> && !Takes<ConstrainedMala, GeometricNoise>);
static_assert(Takes<HeavyBall, MinibatchNoise> && Takes<HeavyBall, SurrogateNoise> && Takes<HeavyBall, FullBatch> &&
              Takes<HeavyBall, StreamNoise>);
static_assert(!Takes<HeavyBall, IsotropicNoise>, "it has no noise but that of the samples");

// The step of a pair that makes no sense does not exist, so that no list of pairs has to be kept.
template <class Integrator, class Noise>
concept HasStep = requires {
  typename Integrator::template Step<float, false, Noise>;
};
static_assert(HasStep<LeimkuhlerMatthews, IsotropicNoise>);
static_assert(!HasStep<LeimkuhlerMatthews, ProjectedNoise>);
static_assert(HasStep<HeavyBall, SampledNoise> && !HasStep<Baoab, SampledNoise>);

// The sampled noises are compiled as one.
static_assert(stands_for<SampledNoise>(noise_id<StreamNoise>) && !stands_for<SampledNoise>(noise_id<IsotropicNoise>));
static_assert(Plan().integrator == integrator_id<EulerMaruyama> && Plan().noise == noise_id<IsotropicNoise>);

/// Everything that an integrator's traits leave unsaid or contradict.
std::vector<std::string> faults(const IntegratorTraits& traits) {
  std::vector<std::string> list;
  const auto expect = [&](bool holds, const char* fault) {
    if (!holds) list.push_back(fault);
  };
  for (const char* text : {traits.name, traits.dynamics, traits.equation, traits.update, traits.cost, traits.source}) {
    expect(text && *text, "a text is missing");
  }
  const auto names = dynamics_names();
  expect(traits.dynamics && std::count(names.begin(), names.end(), traits.dynamics), "its [dynamics] name is unknown");
  expect((traits.scheme == nullptr) == (traits.draws == Draws::samples), "a scheme has a word, unless samples make it");
  expect((traits.invariant_order > 0) != traits.is_exact, "the law has an order or is exact");
  expect(bias_order(traits) > 0, "no order for the step bias");
  expect(traits.next_order == 0 || traits.next_order > traits.invariant_order, "the next order does not follow");
  expect((traits.weak_order > 0) == (traits.draws != Draws::samples), "what approximates an equation has a weak order");
  expect((traits.draws == Draws::gaussian) == traits.is_exact, "a Metropolis test needs the proposal's density");
  expect(!traits.is_short || traits.velocity == Velocity::none,
         "compiled with small models without room for velocities");
  return list;
}

TEST(Traits, EveryIntegratorOfTheListSaysEverything) {
  std::set<std::string> names;
  for (const IntegratorEntry& each : integrators()) {
    for (const auto& fault : faults(each.traits)) ADD_FAILURE() << each.traits.name << ": " << fault;
    EXPECT_TRUE(names.insert(each.traits.name).second) << each.traits.name << " is there twice";
    EXPECT_EQ(&integrator_of(each.id).traits, &each.traits);
    EXPECT_TRUE(std::any_of(noises().begin(), noises().end(),
                            [&](const NoiseEntry& noise) { return each.takes(noise.traits); }))
        << each.traits.name << " takes no noise";
  }
  EXPECT_EQ(integrators().size(), 7u);
  // The twin: an integrator that says only its name, which would have been given order 1 in silence.
  EXPECT_GE(faults({.name = "new",
                    .dynamics = nullptr,
                    .equation = nullptr,
                    .update = nullptr,
                    .cost = nullptr,
                    .source = nullptr})
                .size(),
            5u);
}

TEST(Traits, EveryNoiseSaysEverythingAndIsTaken) {
  for (const NoiseEntry& each : noises()) {
    SCOPED_TRACE(each.traits.name);
    EXPECT_EQ(&noise_of(each.id).traits, &each.traits);
    EXPECT_TRUE(each.traits.in_words || each.traits.has_temperature) << "no words for the conclusions";
    EXPECT_FALSE(each.traits.is_isotropic && each.traits.depends_on_state);
    EXPECT_TRUE(each.traits.from_samples ? each.traits.summary || each.traits.draws_fresh : !each.traits.draws_batch);
    EXPECT_TRUE(std::any_of(integrators().begin(), integrators().end(),
                            [&](const IntegratorEntry& i) { return i.takes(each.traits); }));
  }
}

TEST(Traits, StepsAreVisitedByIdAndOnlyWhereThePairMakesSense) {
  int visited = 0;
  for (const IntegratorEntry& integrator : integrators()) {
    for (const NoiseEntry& noise : noises()) {
      SCOPED_TRACE(std::string(integrator.traits.name) + ", " + noise.traits.name);
      const bool sense = integrator.takes(noise.traits);
      bool right = false;
      const auto visit = [&](auto type) {
        using Step = typename decltype(type)::type;
        right = Step::velocity == integrator.traits.velocity && Step::on_slice == integrator.traits.on_slice;
      };
      EXPECT_EQ((visit_step<float, false>(integrator.id, noise.id, visit)), sense);
      EXPECT_EQ(right, sense);
      EXPECT_EQ((visit_step<float, true>(integrator.id, noise.id, visit)), sense && !integrator.traits.is_exact);
      EXPECT_EQ((visit_short_step<float, false>(integrator.id, noise.id, visit)), sense && integrator.traits.is_short);
      visited += sense;
    }
  }
  EXPECT_EQ(visited, 12) << "3 + 1 + 1 + 1 + 1 + 1 + 4";
}

TEST(Traits, SpecsAreRefusedByTheSameTrait) {
  const auto error_of = [](const std::string& dynamics) -> std::string {
    try {
      read_experiment(Spec::from_string(
          "[model]\nname = \"radial\"\n[dynamics]\nstep = 0.1\n" + dynamics + "\n[ensemble]\nparticles = 256\n",
          "test"));
    } catch (const SpecError& error) {
      return error.what();
    }
    return "";
  };
  const std::string projected = "noise = { horizontal = 0.7, vertical = 0.1 }\n";
  const std::string error = error_of("scheme = \"leimkuhler_matthews\"\n" + projected);
  EXPECT_NE(error.find("scheme"), std::string::npos) << error;
  EXPECT_NE(
      error.find(
          "leimkuhler_matthews needs additive noise; projected noise depends on the state: use euler_maruyama or heun"),
      std::string::npos)
      << error;
  EXPECT_EQ(error_of("scheme = \"heun\"\n" + projected), "");
  EXPECT_EQ(error_of("scheme = \"leimkuhler_matthews\"\nnoise = { horizontal = 0.7, vertical = 0.7 }\n"), "")
      << "isotropic";
}

}  // namespace
}  // namespace orbitwalk::test
