// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "oracle/particle.hpp"
#include "models/scalar_functions.hpp"

#include <algorithm>
#include <cmath>

#include "models/dataset.hpp"
#include "models/host_model.hpp"
#include "run/problem.hpp"
#include "spec/spec.hpp"

namespace orbitwalk::test {
namespace {

using Vector = Particle::Vector;

Vector part(const Vector& values, std::size_t from, std::size_t count) {
  return {values.begin() + from, values.begin() + from + count};
}

/// The first numbers of a stream of normal numbers, by the block. Not by SampleDraw, which also scales them.
Vector normals(const Plan& plan, std::uint64_t id, std::uint64_t k, Purpose purpose, int count) {
  constexpr int per_block = variates_per_block<double>(Variates::gaussian);
  Vector out((count + per_block - 1) / per_block * per_block);
  for (int b = 0; b * per_block < count; ++b) {
    fill_block<double>(Variates::gaussian, plan.seed, same_id<double>(id), k, purpose, b, &out[b * per_block]);
  }
  out.resize(count);
  return out;
}

/// Q, K (e × h) and V (e × values) of a head, stored one after the other.
NamedArrays head_of(const Vector& theta, int e, int h, int values) {
  return {{"Q", {e, h}, part(theta, 0, std::size_t(e) * h)},
          {"K", {e, h}, part(theta, std::size_t(e) * h, std::size_t(e) * h)},
          {"V", {e, values}, part(theta, std::size_t(2) * e * h, std::size_t(e) * values)}};
}

/// A dataset's array lies by columns.
Vector by_rows(const Vector& columns, int rows, int width) { return by_columns(columns, width, rows); }

}  // namespace

double fingerprint(const Vector& values) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * std::sin(double(i + 1));
  return sum;
}

Problem oracle_problem(const std::string& name, const std::vector<std::string>& settings) {
  Spec spec = Spec::from_file(ORBITWALK_SOURCE_DIR "/examples/published/" + name + ".toml");
  const std::string steps = std::to_string(oracle_steps), particles = std::to_string(oracle_particles.back() + 1);
  spec.set("ensemble.precision=double");
  spec.set("ensemble.particles=" + particles);
  spec.set("ensemble.steps=" + steps);
  spec.set("ensemble.every=" + steps);
  for (const std::string& setting : settings) spec.set(setting);
  return build_problem(spec);
}

Particle::Particle(const Problem& problem, std::uint64_t id)
    : problem_(problem), id_(id),
      model_(scalar_functions(problem.model.name, make_view<double>(problem.model.parameters, storage_))) {
  const HeavyBall::Step<double, false, SampledNoise> integrator(problem.plan);
  const WorkspaceLayout layout = workspace_layout<double>(model_, integrator, problem.plan);
  Vector memory(layout.total());
  WalkMemory<double> at(layout, memory.data());
  at.walk.seed = problem.plan.seed;
  at.walk.ids = same_id<double>(id);
  const InitialView<double> initial{problem.initial.mean.data(), problem.initial.scale.data()};
  start_walk(model_, integrator, at.walk, model_.parameters(), at.walk.ids, initial, problem.plan);
  initial_.assign(at.walk.theta, at.walk.theta + model_.parameters() + model_.instance());
}

NamedArrays Particle::named(const Vector& theta) const {
  const auto size = [&](const char* name) { return problem_.model.parameters.size(name); };
  const std::string& name = problem_.model.name;
  const auto pair = [&](const char* a, std::vector<int> first, const char* b, std::vector<int> second) {
    const std::size_t count = std::size_t(first[0]) * (first.size() > 1 ? first[1] : 1);
    return NamedArrays{{a, first, part(theta, 0, count)}, {b, second, part(theta, count, theta.size() - count)}};
  };
  const int d = model_.parameters();
  if (name == "relu") return pair("W", {size("hidden"), size("inputs")}, "V", {size("hidden"), size("outputs")});
  if (name == "attention") return head_of(theta, size("embedding"), size("head"), size("values"));
  if (name == "completion")
    return pair("P_by_columns", {size("rank"), size("rows")}, "Q", {size("rank"), size("columns")});
  if (name == "linear") return {{"w", {d}, theta}};
  return pair("p", {d / 2}, "q", {d / 2});
}

NamedArrays Particle::instance() const {
  const auto size = [&](const char* name) { return problem_.model.parameters.size(name); };
  const std::string& name = problem_.model.name;
  const Vector own = part(initial_, model_.parameters(), model_.instance());
  if (name == "relu") {
    const int h = size("teacher"), n = size("inputs"), m = size("outputs");
    return {{"teacher_W", {h, n}, part(own, 0, h * n)}, {"teacher_V", {h, m}, part(own, h * n, h * m)}};
  }
  if (name == "attention") {
    NamedArrays teacher = head_of(own, size("embedding"), size("teacher"), size("values"));
    for (NamedArray& each : teacher) each.name = "teacher_" + each.name;
    return teacher;
  }
  if (name == "completion") {
    const int n = size("rows"), m = size("columns");
    return {{"truth", {n, m}, part(own, 0, n * m)}, {"mask", {n, m}, part(own, n * m, n * m)}};
  }
  // The same instance as free weights see it: X itself, where mapped weights keep X M.
  const int c = name == "linear" ? model_.parameters() : model_.parameters() / 2, n = int(problem_.model.samples);
  Vector free = own;
  if (name == "mapped_hadamard") free = Particle(oracle_problem("signal_free"), id_).instance()[0].values;
  return {{"X", {n, c}, part(free, 0, n * c)}, {"y", {n}, part(own, n * c, n)}};
}

NamedArrays Particle::step(std::uint64_t k) const {
  const auto size = [&](const char* name) { return problem_.model.parameters.size(name); };
  const Plan& plan = problem_.plan;
  const int b = plan.batch;
  if (problem_.model.name == "relu") {
    const int n = size("inputs"), m = size("outputs");
    return {{"X", {b, n}, normals(plan, id_, k, Purpose::stream, b * n)},
            {"noise", {b, m}, normals(plan, id_, k, Purpose::label_noise, b * m)}};
  }
  if (problem_.model.name == "attention") {
    const int e = size("embedding"), t = size("tokens"), values = size("values") > 0 ? size("values") : e;
    return {{"X", {b, t, e}, normals(plan, id_, k, Purpose::stream, b * t * e)},
            {"noise", {b, t, values}, normals(plan, id_, k, Purpose::label_noise, b * t * values)}};
  }
  if (problem_.model.name == "completion") {
    const int n = size("rows"), m = size("columns");
    NamedArray kept{"kept", {n, m}, {}};
    SampleDraw<double> numbers = draw(k);
    for (int e = 0; e < n * m; ++e) kept.values.push_back(numbers.kept(e, 0x80000000u) ? 1 : 0);
    return {kept};
  }
  return {};
}

NamedArrays Particle::probes() const {
  const ModelParameters& parameters = problem_.model.parameters;
  if (problem_.model.name == "relu") {
    const int count = parameters.size("samples"), n = parameters.size("inputs");
    return {{"X", {count, n}, by_rows(parameters.array("x"), count, n)}};
  }
  if (problem_.model.name == "attention") {
    const int count = parameters.size("samples"), e = parameters.size("embedding"), t = parameters.size("tokens");
    return {{"X", {count, t, e}, by_rows(parameters.array("x"), count, t * e)}};
  }
  return {};
}

Vector Particle::point() const {
  Vector theta = standard_normals(1234 + id_, 0, model_.parameters());
  for (double& x : theta) x *= 0.4;
  return theta;
}

Vector Particle::start() const { return part(initial_, 0, model_.parameters()); }

std::vector<Vector> Particle::walk(double rate, double noise, std::uint64_t later) const {
  Plan plan = problem_.plan;
  plan.step *= rate;
  plan.label_noise *= noise;
  const HeavyBall::Step<double, false, SampledNoise> integrator(plan);
  const WorkspaceLayout layout = workspace_layout<double>(model_, integrator, plan);
  Vector memory(layout.total());
  WalkMemory<double> at(layout, memory.data());
  at.walk.seed = plan.seed;
  at.walk.ids = same_id<double>(id_);
  at.walk.counted = true;
  std::copy(initial_.begin(), initial_.end(), at.walk.theta);
  std::vector<Vector> states;
  for (std::uint64_t k = later; k < later + oracle_steps; ++k) {
    integrator.advance(model_, at.walk, k, k + 1);
    states.emplace_back(at.walk.theta, at.walk.theta + model_.parameters());
  }
  return states;
}

Vector Particle::with_instance(const Vector& theta) const {
  Vector all = initial_;
  std::copy(theta.begin(), theta.end(), all.begin());
  return all;
}

SampleDraw<double> Particle::draw(std::uint64_t k) const {
  const Plan& plan = problem_.plan;
  return {plan.noise, plan.seed, same_id<double>(id_), k, model_.samples, plan.batch, plan.label_noise};
}

Vector Particle::step_gradient(const Vector& theta, std::uint64_t k) const {
  SampleDraw<double> numbers = draw(k);
  Vector out(model_.parameters()), scratch(model_.scratch());
  model_.minibatch_gradient(with_instance(theta).data(), out.data(), numbers.count(problem_.plan.batch), numbers,
                            scratch.data());
  return out;
}

Vector Particle::gradient(const Vector& theta) const {
  Vector out(model_.parameters()), scratch(model_.scratch());
  model_.gradient(with_instance(theta).data(), out.data(), scratch.data());
  return out;
}

double Particle::loss(const Vector& theta) const {
  Vector scratch(model_.scratch());
  return model_.loss(with_instance(theta).data(), scratch.data());
}

Vector Particle::observe(const Vector& theta) const {
  Vector out(model_.observables()), scratch(model_.scratch());
  model_.observe(with_instance(theta).data(), out.data(), scratch.data());
  return out;
}

}  // namespace orbitwalk::test
