// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/cases.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>

#include "models/catalog.hpp"
#include "run/problem.hpp"

namespace orbitwalk::test {
namespace {

ModelCase plain(const std::string& name, const std::string& keys = "") {
  return {name + (keys.empty() ? "" : " (" + keys + ")"), "[model]\nname = \"" + name + "\"\n" + keys + "\n", false};
}
ModelCase with_data(const std::string& name, const std::string& keys) {
  ModelCase result = plain(name, keys);
  result.title = name + " (data)";
  result.toml += "[data]\nteacher = { samples = 9, noise = 0.3, seed = 5 }\n";
  result.has_data = true;
  return result;
}
ModelCase with_instance(const std::string& name, const std::string& keys, const std::string& instance) {
  ModelCase result = plain(name, keys);
  result.title += ", " + instance;
  result.toml += "[data]\ninstance = { " + instance + " }\n";
  return result;
}

/// A folder of this process for the cases that read files, gone when it ends.
struct CaseFolder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("orbitwalk_cases_" + std::to_string(::getpid()));
  CaseFolder() { std::filesystem::create_directories(path); }
  ~CaseFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

/// A table of n × c fixed numbers between -1 and 1, as a path for a spec.
std::string table_file(int n, int c) {
  static const CaseFolder folder;
  const std::string path = (folder.path / (std::to_string(n) + "_" + std::to_string(c) + ".csv")).string();
  std::ofstream file(path);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < c; ++j) file << (j > 0 ? "," : "") << std::sin(1.7 * i + 0.6 * j * j + 0.1 * c);
    file << "\n";
  }
  return "\"" + path + "\"";
}
ModelCase with_files(const std::string& name, const std::string& keys, const std::string& data,
                     const std::string& title) {
  ModelCase result = plain(name, keys);
  result.title += ", " + title;
  result.toml += "[data]\n" + data + "\n";
  result.from_files = true;
  return result;
}

ModelDescription describe(const ModelCase& model) {
  const Spec spec = Spec::from_string(model.toml, model.title);
  return describe_model(root_section(spec).section("model"), DataSource(root_section(spec).optional_section("data")));
}

bool same_bits(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return true;  // sign and payload of a NaN are the hardware's
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

std::vector<ModelCase> model_cases() {
  std::vector<ModelCase> cases;
  for (const auto& name : model_names()) cases.push_back(plain(name));
  cases.push_back(plain("radial", "dimension = 1"));
  cases.push_back(plain("radial", "dimension = 5"));
  cases.push_back(plain("hadamard", "coordinates = 3"));
  cases.push_back(with_data("hadamard", "coordinates = 3\nweight_decay = 0.1"));
  cases.push_back(with_data("relu", "inputs = 2\nhidden = 3"));
  cases.push_back(with_data("matrix_product", "rows = 2\ncolumns = 3\nrank = 2"));
  cases.push_back(with_data("deep_hadamard", "depth = 3\ncoordinates = 2"));
  cases.push_back(with_data("groups", "groups = 1\nsize = 3"));
  cases.push_back(with_data("mapped_hadamard", "map = \"fourier\"\ncoordinates = 3"));
  cases.push_back(with_data("attention", "embedding = 2\nhead = 1\ntokens = 2"));
  cases.push_back(plain("attention", "symmetry = \"full\""));
  cases.push_back(with_data("attention", "embedding = 2\nhead = 1\ntokens = 2\nvalues = 3\nweight_decay = 0.1"));
  cases.back().title += ", with values";
  // Larger than a tile of kernels/core/lane_matrix.hpp, with rows and columns left over.
  cases.push_back(plain("matrix_product", "rows = 7\ncolumns = 9\nrank = 2\nweight_decay = 0.1"));
  cases.push_back(with_data("matrix_product", "rows = 6\ncolumns = 5\nrank = 2"));
  cases.back().title += ", 6 by 5";
  cases.push_back(plain("gram_product", "rows = 7\nrank = 3"));
  cases.push_back(plain("attention", "embedding = 6\nhead = 3"));
  cases.push_back(with_data("hadamard", "coordinates = 9"));
  cases.back().title += ", 9 coordinates";
  return cases;
}

std::vector<ModelCase> instance_model_cases() {
  const std::string files = "kind = \"signal\"\nx = " + table_file(7, 5) + "\ny = " + table_file(7, 1);
  const std::string signal = "kind = \"signal\", levels = [1.0, -0.5], lengths = [3, 2], samples = 9";
  return {with_instance("linear", "coordinates = 6\nl1 = 0.1", "samples = 7, nonzero = 2"),
          with_instance("linear", "coordinates = 3", "samples = 4, shared = true"),
          with_instance("hadamard", "weight_decay = 0.1", signal),
          with_instance("mapped_hadamard", "", signal),
          with_instance("mapped_hadamard", "map = \"fourier\"\ncoordinates = 6", "samples = 5, seed = 3"),
          with_instance("relu", "inputs = 2\nhidden = 3", "hidden = 2"),
          with_files("linear", "", files, "signal from files without a truth"),
          with_files("mapped_hadamard", "", files + "\ntruth = " + table_file(5, 1), "signal from files"),
          with_files("relu", "hidden = 3",
                     "instance = { files = { W = " + table_file(4, 2) + ", V = " + table_file(4, 1) + " } }",
                     "teacher from files"),
          with_instance("attention", "embedding = 2\nhead = 1\ntokens = 2\nvalues = 3\ninitial_gain = [0.5, 0.5]",
                        "head = 2, gain = [2.0, 1.0]"),
          with_instance("completion", "rows = 5\ncolumns = 7\nrank = 3", "singular_values = [2.0, 1.0]"),
          with_instance("completion", "rows = 6\ncolumns = 3\nkeep = 0.3", "observed = 0.7, shared = true")};
}

std::vector<ModelCase> large_model_cases() {
  return {plain("radial", "dimension = 64"), plain("conjugation", "size = 7"), plain("hadamard", "coordinates = 512")};
}

namespace {

struct Dynamics {
  const char* keys;
  bool variates, mixed;  // whether it takes other variates than gaussian, and mixed precision
};

const std::map<std::string, Dynamics>& all_dynamics() {
  static const std::map<std::string, Dynamics> list = {
      {"euler_maruyama", {"scheme = \"euler_maruyama\"\ntemperature = 0.4\n", true, true}},
      {"leimkuhler_matthews", {"scheme = \"leimkuhler_matthews\"\ntemperature = 0.4\n", true, true}},
      {"projected", {"noise = { horizontal = 0.7, vertical = 0.2 }\n", true, true}},
      {"heun", {"scheme = \"heun\"\nnoise = { horizontal = 0.7, vertical = 0.2 }\n", true, true}},
      {"baoab", {"name = \"underdamped\"\ntemperature = 0.4\nfriction = 1.5\n", true, true}},
      {"geometric", {"name = \"geometric\"\nvolatility = 0.8\n", true, true}},
      {"mala", {"name = \"mala\"\ntemperature = 0.4\n", false, false}},
      {"shell", {"name = \"mala\"\ntemperature = 0.4\nshell = { width = 0.2 }\n", false, false}},
      {"constrained", {"name = \"constrained\"\ntemperature = 0.4\n", false, false}},
      {"sgd", {"name = \"sgd\"\nbatch = 6\n", false, true}},
      {"full", {"name = \"sgd\"\nsampling = \"full\"\nlabel_noise = 0.2\n", false, true}},
      {"stream", {"name = \"sgd\"\nbatch = 3\nlabel_noise = 0.2\n", false, true}},
      {"kept", {"name = \"sgd\"\nmomentum = 0.5\n", false, true}},
      {"surrogate",
       {"name = \"sgd\"\nbatch = 5\nsampling = \"surrogate\"\nmomentum = 0.5\nweight_decay = 0.1\nlabel_noise = 0.2\n",
        false, true}},
  };
  return list;
}

}  // namespace

std::vector<std::string> schemes_of(const ModelCase& model) {
  const ModelDescription description = describe(model);
  if (description.streamed) return {description.batched ? "stream" : "kept"};
  if (description.instance > 0) return {"full", "surrogate"};
  std::vector<std::string> schemes = {"euler_maruyama", "leimkuhler_matthews", "baoab", "geometric", "mala"};
  if (description.generators > 0) schemes.insert(schemes.end(), {"projected", "heun"});
  if (model.has_data) schemes.insert(schemes.end(), {"sgd", "surrogate"});
  if (description.constraints[0] > 0) schemes.insert(schemes.end(), {"shell", "constrained"});
  return schemes;
}

std::vector<RunCase> run_cases(const ModelCase& model, const std::vector<std::string>& variates,
                               const std::vector<std::string>& precisions, const RunCase& base) {
  std::vector<RunCase> runs;
  for (const auto& scheme : schemes_of(model)) {
    const Dynamics& dynamics = all_dynamics().at(scheme);
    for (const auto& precision : precisions) {
      if (precision == "mixed" && !dynamics.mixed) continue;
      for (const auto& kind : variates) {
        if (kind != "gaussian" && !dynamics.variates) continue;
        RunCase run = base;
        run.scheme = scheme, run.precision = precision, run.variates = kind;
        runs.push_back(run);
      }
    }
  }
  return runs;
}

std::string title_of(const RunCase& run) { return run.scheme + ", " + run.variates + ", " + run.precision; }

Problem make_problem(const ModelCase& model, const RunCase& run) {
  std::vector<std::string> observables = describe(model).observables;
  if (run.scheme == "baoab") observables.push_back("kinetic_temperature");
  const Dynamics& dynamics = all_dynamics().at(run.scheme);
  std::ostringstream spec;
  spec << model.toml << "[dynamics]\nstep = " << std::scientific << run.step << "\n" << dynamics.keys;
  if (dynamics.variates) spec << "variates = \"" << run.variates << "\"\n";
  spec << "[ensemble]\nparticles = " << run.particles << "\nburn_in = " << run.burn_in << "\nsteps = " << run.steps
       << "\nevery = " << run.every << "\nseed = 12345678901\nprecision = \"" << run.precision << "\"\n";
  spec << "[observe]\nhistogram = [";
  const std::size_t shown = std::min<std::size_t>(observables.size(), 6);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& name = observables[i < shown - 1 ? i : observables.size() - 1];
    spec << (i ? ", " : "") << "{ of = \"" << name << "\", bins = " << run.bins + i << ", range = [-0.5, 1.5] }";
  }
  spec << "]\n";
  return build_problem(Spec::from_string(spec.str(), model.title));
}

ChunkResult run_in_chunks(const Problem& problem, Backend& backend, std::uint64_t chunk_blocks) {
  const std::uint64_t blocks = problem.blocks(), observed = problem.observed.size(), all = blocks * block_size;
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  ChunkResult whole;
  whole.sums.resize(blocks * observed);
  whole.cells.assign(2 * problem.plan.batches * problem.plan.cells, 0);
  whole.last.assign(observed * all, nothing);
  whole.diverged.assign(all, 0);
  const bool stop = false;
  for (std::uint64_t first = 0; first < blocks; first += chunk_blocks) {
    const std::uint64_t count = std::min(chunk_blocks, blocks - first), particles = count * block_size;
    ChunkResult part;
    part.sums.resize(count * observed);
    part.cells.assign(whole.cells.size(), 0);
    part.last.assign(observed * particles, nothing);
    part.diverged.assign(particles, 0);
    if (!backend.run(first, count, stop, part)) throw std::runtime_error("the backend gave up without being told to");
    std::copy(part.sums.begin(), part.sums.end(), whole.sums.begin() + first * observed);
    for (std::size_t i = 0; i < whole.cells.size(); ++i) whole.cells[i] += part.cells[i];
    for (std::uint64_t o = 0; o < observed; ++o) {
      std::copy_n(part.last.begin() + o * particles, particles, whole.last.begin() + o * all + first * block_size);
    }
    std::copy(part.diverged.begin(), part.diverged.end(), whole.diverged.begin() + first * block_size);
    whole.counters += part.counters;
  }
  return whole;
}

std::string first_difference(const Problem& problem, const ChunkResult& expected, const ChunkResult& actual) {
  std::ostringstream text;
  text.precision(17);
  const std::uint64_t observed = problem.observed.size(), all = problem.blocks() * block_size;
  for (std::uint64_t i = 0; i < all; ++i) {
    if (expected.diverged[i] != actual.diverged[i]) {
      text << "particle " << i << " diverged at step " << actual.diverged[i] << ", expected " << expected.diverged[i];
      return text.str();
    }
  }
  for (std::uint64_t i = 0; i < observed * all; ++i) {
    if (!same_bits(expected.last[i], actual.last[i])) {
      text << "last " << problem.names[i / all] << " of particle " << i % all << ": " << actual.last[i] << ", expected "
           << expected.last[i];
      return text.str();
    }
  }
  for (std::size_t i = 0; i < expected.cells.size(); ++i) {
    if (expected.cells[i] != actual.cells[i]) {
      text << "histogram cell " << i << ": " << actual.cells[i] << ", expected " << expected.cells[i];
      return text.str();
    }
  }
  for (std::size_t i = 0; i < expected.sums.size(); ++i) {
    const BlockSums &a = expected.sums[i], &b = actual.sums[i];
    const double left[] = {a.particles, a.b, a.a, a.bb, a.ab, a.aa, a.minimum, a.maximum};
    const double right[] = {b.particles, b.b, b.a, b.bb, b.ab, b.aa, b.minimum, b.maximum};
    for (int j = 0; j < 8; ++j) {
      if (same_bits(left[j], right[j])) continue;
      text << "sum " << j << " of block " << i / observed << ", " << problem.names[i % observed] << ": " << right[j]
           << ", expected " << left[j];
      return text.str();
    }
  }
  for (int i = 0; i < Counters::size; ++i) {
    Counters a = expected.counters, b = actual.counters;
    if (a[i] != b[i]) text << "counter " << i << ": " << b[i] << ", expected " << a[i] << "; ";
  }
  return text.str();
}

}  // namespace orbitwalk::test
