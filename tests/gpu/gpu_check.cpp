// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0

// The cuda backend against the cpu backend, bit for bit, over every registered model, scheme, kind of variates and
// precision, several chunkings, diverging particles and a few large runs. Prints a table in which every line begins
// with |.
//   gpu_check           all of it; exits 0 when everything is equal, 1 when something differs, 77 where there is no GPU
//   gpu_check --quick   a small part, for compute-sanitizer
//   gpu_check [--quick] --model NAME   the cases of one model alone; with NAME none only what needs no model
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <random>
#include <stdexcept>

#include "backends/cuda/philox_words.hpp"
#include "backends/device_sort.hpp"
#include "gpu/cases.hpp"
#include "orbitwalk/error.hpp"
#include "random/known_answers.hpp"

namespace orbitwalk::test {
namespace {

bool all_equal = true;

/// A line of the table; an empty difference means equal.
void report(const std::string& model, const std::string& scheme, const std::string& variates,
            const std::string& precision, const std::string& difference) {
  all_equal &= difference.empty();
  std::string title = model;
  std::replace(title.begin(), title.end(), '\n', ' ');
  std::printf("| %s | %s | %s | %s | %s |\n", title.c_str(), scheme.c_str(), variates.c_str(), precision.c_str(),
              difference.empty() ? "equal" : ("DIFFERENT: " + difference).c_str());
  std::fflush(stdout);
}

/// The first difference between the backends over all chunkings.
std::string compare(const Problem& problem, const std::vector<std::uint64_t>& chunks) {
  try {
    const auto cpu = make_cpu_backend(problem, {});
    const ChunkResult expected = run_in_chunks(problem, *cpu, problem.blocks());
    for (const std::uint64_t chunk : chunks) {
      const auto cuda = make_cuda_backend(problem);
      const std::string difference = first_difference(problem, expected, run_in_chunks(problem, *cuda, chunk));
      if (!difference.empty()) return "chunks of " + std::to_string(chunk) + " blocks: " + difference;
    }
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

void check_small(const std::vector<ModelCase>& models, const RunCase& base,
                 const std::vector<std::string>& all_variates, const std::vector<std::string>& precisions,
                 const std::vector<std::uint64_t>& chunks) {
  for (const auto& model : models) {
    // One line for all precisions that agree, so that the table stays readable.
    std::map<std::pair<std::string, std::string>, std::string> equal;
    for (const RunCase& run : run_cases(model, all_variates, precisions, base)) {
      const std::string difference = compare(make_problem(model, run), chunks);
      std::string& line = equal[{run.scheme, run.variates}];
      if (difference.empty()) line += (line.empty() ? "" : ", ") + run.precision;
      else report(model.title, run.scheme, run.variates, run.precision, difference);
    }
    for (const auto& [run, all] : equal) {
      if (!all.empty()) report(model.title, run.first, run.second, all, "");
    }
  }
}

/// A step at which particles that start far out diverge: the steps of divergence must agree, and there must be some.
void check_diverging(const std::vector<std::string>& precisions) {
  for (const auto& model : model_cases()) {
    if (model.title != "hadamard" && model.title != "gram_product") continue;
    for (const auto& precision : precisions) {
      for (const char* scheme : {"euler_maruyama", "projected"}) {
        RunCase run;
        run.step = 0.9, run.scheme = scheme, run.precision = precision;
        const Problem problem = make_problem(model, run);
        const ChunkResult result = run_in_chunks(problem, *make_cuda_backend(problem), problem.blocks());
        const auto lost = result.diverged.size() - std::count(result.diverged.begin(), result.diverged.end(), 0);
        report(model.title + ", " + std::to_string(lost) + " diverge", scheme, run.variates, precision,
               lost == 0 ? "no particle diverged" : compare(problem, {problem.blocks(), 1}));
      }
    }
  }
}

/// More cells than shared memory takes.
void check_large_histograms() {
  for (const auto& model : model_cases()) {
    if (model.title != "radial" && model.title != "conjugation") continue;
    RunCase run;
    run.bins = 5000;
    report(model.title + ", 5000 bins", run.scheme, run.variates, run.precision,
           compare(make_problem(model, run), {3, 1}));
  }
}

void check_large_runs() {
  for (const auto& model : model_cases()) {
    if (model.title != "radial" && model.title != "hadamard") continue;
    RunCase run;
    run.particles = 131072 + 77, run.burn_in = 2000, run.steps = 8000, run.every = 50;
    const Problem problem = make_problem(model, run);
    report(model.title + ", 131149 particles, 10000 steps", run.scheme, run.variates, run.precision,
           compare(problem, {problem.blocks(), 200}));
  }
}

void check_known_answers() {
  const KnownAnswers known = read_known_answers(ORBITWALK_SOURCE_DIR "/tests/random/philox_kat.txt");
  std::string difference = known.raw.empty() || known.addressed.empty() ? "no known answers in the file" : "";
  std::vector<cuda::PhiloxInput> inputs;
  std::vector<cuda::PhiloxPlace> places;
  for (const auto& a : known.raw) {
    cuda::PhiloxInput& input = inputs.emplace_back();
    std::copy(a.counter, a.counter + 4, input.counter);
    std::copy(a.key, a.key + 2, input.key);
  }
  for (const auto& a : known.addressed) places.push_back({a.seed, a.particle, a.step, a.purpose, a.block});
  const auto raw = cuda::philox_words(inputs), addressed = cuda::philox_words(places);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!std::equal(raw[i].begin(), raw[i].end(), known.raw[i].words))
      difference = "philox vector " + std::to_string(i + 1);
  }
  for (std::size_t i = 0; i < addressed.size(); ++i) {
    if (!std::equal(addressed[i].begin(), addressed[i].end(), known.addressed[i].words)) {
      difference = "orbitwalk vector " + std::to_string(i + 1);
    }
  }
  report("Philox known answers", "-", "words", "-", difference);
}

template <class R>
void check_sort(const char* precision, std::size_t count) {
  std::mt19937_64 random(3);
  std::vector<R> values(count);
  for (auto& value : values) value = R(double(std::int64_t(random())) * 1e-12);
  std::vector<R> expected = values;
  std::sort(expected.begin(), expected.end());
  device_sort(values);
  report("sort of " + std::to_string(count), "-", "-", precision, values == expected ? "" : "not the host's order");
}

void check_too_large() {
  const ModelCase model{"relu (256 x 256)", "[model]\nname = \"relu\"\ninputs = 256\nhidden = 256\n"};
  RunCase run;
  run.particles = 1;
  std::string difference = "no error";
  try {
    make_cuda_backend(make_problem(model, run));
  } catch (const IoError&) {
    difference.clear();
  } catch (const Error& error) {
    difference = error.what();
  }
  report("model beyond a thread's memory is refused", run.scheme, run.variates, run.precision, difference);
}

/// Those whose title begins with the model's name; all where it is empty.
std::vector<ModelCase> of_model(const std::string& name, const std::vector<ModelCase>& all) {
  std::vector<ModelCase> some;
  for (const auto& model : all) {
    const std::string first = model.title.substr(0, model.title.find_first_of(" ,"));
    if (name.empty() || first == name) some.push_back(model);
  }
  return some;
}

int check(bool quick, const std::string& name) {
  std::printf("| model | scheme | variates | precision | cuda and cpu |\n|---|---|---|---|---|\n");
  const std::vector<ModelCase> models = of_model(name, model_cases());
  if (models.empty() && name != "none") throw std::runtime_error("no model " + name);
  RunCase run;
  if (name.empty() || name == "none") {
    check_known_answers();
    check_sort<float>("float", quick ? 70000 : 3000000);
    check_sort<double>("double", quick ? 70000 : 3000000);
  }
  if (quick) {
    run.particles = 300, run.burn_in = 40, run.steps = 60, run.every = 20;
    check_small(models, run, {"gaussian"}, {"float", "mixed"}, {2});
    if (name.empty()) check_large_histograms();
    return all_equal ? 0 : 1;
  }
  check_small(models, run, {"gaussian", "dyadic", "rademacher"}, {"float", "double", "mixed"}, {3, 1});
  if (!name.empty()) return all_equal ? 0 : 1;
  run.particles = 300, run.burn_in = 60, run.steps = 30, run.every = 10;
  check_small(large_model_cases(), run, {"gaussian"}, {"float", "double"}, {2});
  check_diverging({"float", "double", "mixed"});
  check_too_large();
  check_large_histograms();
  check_large_runs();
  return all_equal ? 0 : 1;
}

}  // namespace
}  // namespace orbitwalk::test

int main(int argc, char** argv) {
  bool quick = false, good = true;
  std::string model;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) quick = true;
    else if (std::strcmp(argv[i], "--model") == 0 && i + 1 < argc) model = argv[++i];
    else good = false;
  }
  if (!good) {
    std::fprintf(stderr, "usage: gpu_check [--quick] [--model NAME]\n");
    return 2;
  }
  const std::string reason = orbitwalk::cuda_missing_reason();
  if (!reason.empty()) {
    std::fprintf(stderr, "gpu_check: skipped: %s\n", reason.c_str());
    return 77;
  }
  try {
    return orbitwalk::test::check(quick, model);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu_check: %s\n", error.what());
    return 1;
  }
}
